/** Memory for the inputs of a network, used again by each run: new memory for each would long lie around unused. */
export class InputBuffer {
  #values = new Float32Array(0);

  /** `length` values, all 0; whatever was taken before is overwritten. */
  take(length: number): Float32Array<ArrayBuffer> {
    if (this.#values.length < length) this.#values = new Float32Array(length);
    return this.#values.subarray(0, length).fill(0);
  }
}
