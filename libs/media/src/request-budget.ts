import { MediaError } from './media-error.js';

/** Counts what one request brings over all its items, against the policy's request limits. */
export class RequestBudget {
  readonly #maxBytes: number;
  readonly #maxItems: number;
  #bytes = 0;
  #items = 0;

  constructor(limits: { readonly maxRequestBytes: number; readonly maxRequestItems: number }) {
    this.#maxBytes = limits.maxRequestBytes;
    this.#maxItems = limits.maxRequestItems;
  }

  /** @throws MediaError `too-large` when the request holds more items than allowed. */
  takeItem(): void {
    this.#items += 1;
    if (this.#items > this.#maxItems) {
      throw new MediaError(
        'too-large',
        `The request holds more than ${this.#maxItems} images, videos or frames.`,
      );
    }
  }

  /** @throws MediaError `too-large` when the request's media hold more bytes than allowed. */
  takeBytes(count: number): void {
    this.#bytes += count;
    if (this.#bytes > this.#maxBytes) {
      throw new MediaError('too-large', `The request's media hold more than ${this.#maxBytes} bytes.`);
    }
  }
}
