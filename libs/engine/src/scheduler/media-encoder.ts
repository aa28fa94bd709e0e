import type { CheckpointConfig } from '@qwenvl/exporter';
import type { PreparedMedia, TokenSpan } from '../prompt/prepared-prompt.js';
import type { Runtime, VisionFeatures } from '../runtime/runtime.js';
import type { FeatureCache } from './feature-cache.js';
import { visionPositions } from '../vision/vision-positions.js';

/**
 * Patches that one run of the vision graph takes at most, unless a single frame has more: bounds its memory, and how
 * long a cancelled request still computes.
 */
export const patchesPerVisionRun = 1024;

/** Features of one temporal patch and where they go in the prompt. */
type FeatureRun = TokenSpan & VisionFeatures;

/** Runs the vision graph over the media of one prompt, piece by piece, and puts the features in their rows. */
export class MediaEncoder {
  readonly #runtime: Runtime;
  readonly #config: CheckpointConfig;
  readonly #media: readonly PreparedMedia[];
  readonly #known: FeatureCache;
  #encoded: VisionFeatures[] = [];
  readonly #runs: FeatureRun[] = [];
  #mediaIndex = 0;
  #temporalPatch = 0;

  /** @param known features of media that were encoded before; those of these media are added */
  constructor(
    runtime: Runtime,
    config: CheckpointConfig,
    media: readonly PreparedMedia[],
    known: FeatureCache,
  ) {
    this.#runtime = runtime;
    this.#config = config;
    this.#media = media;
    this.#known = known;
  }

  /** True when all media have their features. */
  get done(): boolean {
    return this.#mediaIndex >= this.#media.length;
  }

  /** Encodes the next frames: at most {@link patchesPerVisionRun} patches, at least one temporal patch. */
  async step(): Promise<void> {
    const media = this.#media[this.#mediaIndex];
    if (!media) return;
    const { grid } = media;
    const known = this.#temporalPatch === 0 ? this.#known.get(media.digest()) : undefined;
    if (known) {
      this.#finish(media, known);
      return;
    }
    const patches = grid.h * grid.w;
    const from = this.#temporalPatch;
    const to = Math.min(grid.t, from + Math.max(1, Math.floor(patchesPerVisionRun / patches)));
    const { vision } = this.#config;
    const output = await this.#runtime.encodeVision({
      frames: to - from,
      patches,
      pixelValues: media.patches(from, to),
      ...visionPositions(grid, vision),
    });
    const rows = (patches / vision.mergeSize ** 2) * this.#config.text.hiddenSize;
    for (let index = 0; index < to - from; index++) {
      const cut = (data: Float32Array): Float32Array => data.subarray(index * rows, (index + 1) * rows);
      this.#encoded.push({ features: cut(output.features), deepstack: output.deepstack.map(cut) });
    }
    this.#temporalPatch = to;
    if (to < grid.t) return;
    this.#known.set(media.digest(), this.#encoded);
    this.#finish(media, this.#encoded);
  }

  /** Puts the features of each temporal patch in its place, and goes on to the next media. */
  #finish({ spans }: PreparedMedia, patches: readonly VisionFeatures[]): void {
    for (const [index, span] of spans.entries()) {
      const features = patches[index];
      if (features) this.#runs.push({ ...span, ...features });
    }
    this.#mediaIndex++;
    this.#temporalPatch = 0;
    this.#encoded = [];
  }

  /**
   * Overwrites the rows of `embeds` (prompt tokens `[from, to)`) that belong to media, and returns the DeepStack
   * inputs of these tokens, undefined when none of them is a media token.
   */
  place(embeds: Float32Array, from: number, to: number): Float32Array[] | undefined {
    const { hiddenSize } = this.#config.text;
    let deepstack: Float32Array[] | undefined;
    for (const run of this.#runs) {
      const first = Math.max(from, run.start);
      const last = Math.min(to, run.start + run.length);
      if (first >= last) continue;
      deepstack ??= run.deepstack.map(() => new Float32Array(embeds.length));
      const copy = (source: Float32Array, target: Float32Array | undefined): void => {
        const rows = source.subarray((first - run.start) * hiddenSize, (last - run.start) * hiddenSize);
        target?.set(rows, (first - from) * hiddenSize);
      };
      copy(run.features, embeds);
      for (const [k, source] of run.deepstack.entries()) copy(source, deepstack[k]);
    }
    return deepstack;
  }
}
