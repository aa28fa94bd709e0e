import { expect, test } from 'vitest';
import { ggufHeader, tensorBytes } from './gguf-writer.js';

test('a header counts its entries, aligns the data and places tensors one after the other', () => {
  const header = ggufHeader({ 'a.b': { u32: 7 }, c: 'text' }, [
    { name: 'x', dims: [32, 3], type: 'q4_0' },
    { name: 'y', dims: [5], type: 'f32' },
  ]);
  expect(header.subarray(0, 4).toString()).toBe('GGUF');
  expect([header.readUInt32LE(4), header.readBigUInt64LE(8), header.readBigUInt64LE(16)]).toEqual([
    3,
    2n,
    2n,
  ]);
  expect(header.length % 32).toBe(0);
  const second = header.indexOf('y');
  expect(header.readBigUInt64LE(second + 1 + 4 + 8 + 4)).toBe(64n); // 54 bytes, rounded up
});

test('sizes are those of the block formats', () => {
  expect(tensorBytes({ name: 'x', dims: [2048, 6144], type: 'q4_0' })).toBe((2048 * 6144 * 18) / 32);
  expect(tensorBytes({ name: 'x', dims: [256], type: 'q6_k' })).toBe(210);
});
