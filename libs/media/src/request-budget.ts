import { MediaError } from './media-error.js';

/** Limits of a request; a `MediaPolicy` is one. */
export interface RequestLimits {
  readonly maxRequestBytes: number;
  readonly maxRequestItems: number;
  readonly maxRequestPixels: number;
}

/** Counts what one request brings over all its items, against the policy's request limits. */
export class RequestBudget {
  readonly #limits: RequestLimits;
  #bytes = 0;
  #items = 0;
  #pixels = 0;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  /** @throws MediaError `too-large` when the request holds more items than allowed. */
  takeItem(): void {
    this.#items += 1;
    if (this.#items > this.#limits.maxRequestItems) {
      throw tooLarge(`holds more than ${this.#limits.maxRequestItems} images, videos or frames`);
    }
  }

  /** @throws MediaError `too-large` when the request's files hold more bytes than allowed. */
  takeBytes(count: number): void {
    this.#bytes += count;
    if (this.#bytes > this.#limits.maxRequestBytes) {
      throw tooLarge(`brings media of more than ${this.#limits.maxRequestBytes} bytes`);
    }
  }

  /** @throws MediaError `too-large` when the request's decoded images and frames hold more pixels than allowed. */
  takePixels(count: number): void {
    this.#pixels += count;
    if (this.#pixels > this.#limits.maxRequestPixels) {
      throw tooLarge(`brings media of more than ${this.#limits.maxRequestPixels} pixels`);
    }
  }
}

function tooLarge(what: string): MediaError {
  return new MediaError('too-large', `The request ${what}, the limit here.`);
}
