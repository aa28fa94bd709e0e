/**
 * The largest of the values that it was shown, at most so many of them, the smallest on top. Values lie beside their
 * ids, so that putting one in its place touches this little memory alone.
 */
export class BoundedHeap {
  readonly #ids: Uint32Array;
  readonly #values: Float32Array;
  #size = 0;

  constructor(capacity: number) {
    this.#ids = new Uint32Array(capacity);
    this.#values = new Float32Array(capacity);
  }

  /** What a further value has to be above to have a place; minus infinity while there is room. */
  get threshold(): number {
    return this.#size < this.#ids.length ? -Infinity : (this.#values[0] ?? Infinity);
  }

  /** Adds a value above the threshold, in place of the smallest where there is no room. Of equal ones the higher id goes first. */
  add(id: number, value: number): void {
    if (this.#size < this.#ids.length) {
      this.#put(this.#size, id, value);
      this.#siftUp(this.#size++);
    } else {
      this.#put(0, id, value);
      this.#siftDown(this.#size);
    }
  }

  /** The ids, largest value first, ties by lower id. Nothing can be added afterwards. */
  sorted(): Uint32Array {
    for (let end = this.#size - 1; end > 0; end--) {
      this.#swap(0, end);
      this.#siftDown(end);
    }
    return this.#ids.subarray(0, this.#size);
  }

  #put(slot: number, id: number, value: number): void {
    this.#ids[slot] = id;
    this.#values[slot] = value;
  }

  #swap(a: number, b: number): void {
    const id = this.#ids[a] ?? 0;
    const value = this.#values[a] ?? 0;
    this.#put(a, this.#ids[b] ?? 0, this.#values[b] ?? 0);
    this.#put(b, id, value);
  }

  #isWorse(a: number, b: number): boolean {
    const x = this.#values[a] ?? 0;
    const y = this.#values[b] ?? 0;
    return x < y || (x === y && (this.#ids[a] ?? 0) > (this.#ids[b] ?? 0));
  }

  #siftUp(from: number): void {
    for (let slot = from; slot > 0;) {
      const parent = (slot - 1) >> 1;
      if (!this.#isWorse(slot, parent)) return;
      this.#swap(slot, parent);
      slot = parent;
    }
  }

  #siftDown(end: number): void {
    for (let slot = 0; ;) {
      let child = 2 * slot + 1;
      if (child >= end) return;
      if (child + 1 < end && this.#isWorse(child + 1, child)) child += 1;
      if (!this.#isWorse(child, slot)) return;
      this.#swap(slot, child);
      slot = child;
    }
  }
}
