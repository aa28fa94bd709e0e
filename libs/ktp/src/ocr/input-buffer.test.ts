import { describe, expect, it } from 'vitest';

import { InputBuffer } from './input-buffer.js';

describe('InputBuffer', () => {
  it('hands out zeros in the memory of before', () => {
    const buffer = new InputBuffer();
    const first = buffer.take(6).fill(7);
    const second = buffer.take(4);
    expect(second).toEqual(new Float32Array(4));
    expect(second.buffer).toBe(first.buffer);
    expect(buffer.take(9)).toEqual(new Float32Array(9));
  });
});
