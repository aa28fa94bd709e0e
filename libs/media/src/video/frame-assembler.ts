/** Cuts a byte stream, which comes in pieces of any size, into frames of equal size. */
export class FrameAssembler {
  readonly #frameBytes: number;
  readonly #onFrame: (data: Uint8Array<ArrayBuffer>) => void;
  #frame: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;

  constructor(frameBytes: number, onFrame: (data: Uint8Array<ArrayBuffer>) => void) {
    this.#frameBytes = frameBytes;
    this.#onFrame = onFrame;
  }

  /** Takes the next piece; it may be reused by its owner afterwards. */
  push(piece: Uint8Array): void {
    for (let offset = 0; offset < piece.length;) {
      this.#frame ??= new Uint8Array(this.#frameBytes);
      const part = piece.subarray(offset, offset + this.#frameBytes - this.#filled);
      this.#frame.set(part, this.#filled);
      offset += part.length;
      this.#filled += part.length;
      if (this.#filled < this.#frameBytes) return;
      const frame = this.#frame;
      this.#frame = undefined;
      this.#filled = 0;
      this.#onFrame(frame);
    }
  }
}
