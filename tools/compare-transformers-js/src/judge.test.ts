import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { judge } from './judge.js';
import type { LibraryResult } from './library.js';
import type { ReferenceCase } from './reference.js';

const bytes = Uint8Array.of(0, 127, 255);
const exact = Float32Array.from(bytes, (byte) => (byte - 127.5) / 127.5);
const input: ReferenceCase = {
  title: 'one image',
  images: [],
  videos: [],
  text: { type: 'text', text: '' },
  imageGrids: [[1, 2, 2]],
  videoGrids: [],
  patchHashes: [[createHash('sha256').update(bytes).digest('hex')]],
  prompt: { ids: [1, 2], positions: [0, 1, 0, 1, 0, 1], ropeDelta: 0 },
};
const equal: LibraryResult = {
  grids: { value: [[1, 2, 2]] },
  pixels: { value: [exact] },
  ids: { value: [1, 2] },
  positions: { value: { positions: [0, 1, 0, 1, 0, 1], ropeDelta: 0 } },
};

it('says what equals the reference', () => {
  expect(judge(equal, input, [exact])).toEqual(['equal', 'bit-exact', 'equal', 'equal']);
});

it('says how far the rest is off, each part on its own', () => {
  const off = Float32Array.from(bytes, (byte) => (Math.min(byte + 3, 255) - 127.5) / 127.5);
  const result: LibraryResult = {
    grids: { value: [[1, 2, 4]] },
    pixels: { value: [off] },
    ids: { error: 'throws "x"' },
    positions: { value: { positions: [0, 1, 0, 1, 0, 1], ropeDelta: 4 } },
  };
  expect(judge(result, input, [exact])).toEqual([
    '1×2×4 for 1×2×2',
    'off by up to 3 levels, mean 2.00',
    'throws "x"',
    'equal, but delta 4 for 0',
  ]);
});

it('counts image tokens where the reference has no whole prompt', () => {
  const { prompt, ...withoutPrompt } = input;
  expect(prompt).toBeDefined();
  const result = { ...equal, ids: { value: [151655, 151655] }, positions: undefined };
  expect(judge(result, withoutPrompt, [exact]).slice(2)).toEqual(['2 image tokens for 1', '–']);
});
