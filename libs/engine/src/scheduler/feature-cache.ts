import { LRUCache } from 'lru-cache';
import type { VisionFeatures } from '../runtime/runtime.js';

/** Features of media by their content, so that a picture that was seen is not encoded again; bounded in bytes. */
export class FeatureCache {
  readonly #features: LRUCache<string, readonly VisionFeatures[]> | undefined;

  /** @param maxBytes the least recently used go when more would be held; 0 keeps nothing */
  constructor(maxBytes: number) {
    this.#features =
      maxBytes > 0 ? new LRUCache({ maxSize: maxBytes, sizeCalculation: byteLength }) : undefined;
  }

  /** Features of each temporal patch of the media with this digest. */
  get(digest: string): readonly VisionFeatures[] | undefined {
    return this.#features?.get(digest);
  }

  set(digest: string, features: readonly VisionFeatures[]): void {
    this.#features?.set(digest, features);
  }
}

function byteLength(patches: readonly VisionFeatures[]): number {
  return patches.reduce(
    (sum, { features, deepstack }) =>
      sum + [features, ...deepstack].reduce((bytes, data) => bytes + data.byteLength, 0),
    0,
  );
}
