import type { CheckpointConfig } from '@qwenvl/exporter';
import { expect, test } from 'vitest';
import { goldenCheckpoint } from '../testing/golden-checkpoint.js';
import { tokenPrompt } from './token-prompt.js';

const { config }: { config: CheckpointConfig } = goldenCheckpoint('thinking');
const { image, video } = config.tokens;
const patches = (count: number): Float32Array => new Float32Array(count * 1536);

test('pictures that touch share a run of pads, and each gets its own span', () => {
  const ids = Int32Array.from([7, ...Array<number>(4).fill(image), 8, video, 9, video]);
  const { media, positions } = tokenPrompt(
    {
      ids,
      media: [
        { kind: 'image', grid: { t: 1, h: 2, w: 6 }, patches: patches(12) },
        { kind: 'image', grid: { t: 1, h: 2, w: 2 }, patches: patches(4) },
        { kind: 'video', grid: { t: 2, h: 2, w: 2 }, patches: patches(8) },
      ],
    },
    config,
  );
  expect(media.map(({ spans }) => spans)).toEqual([
    [{ start: 1, length: 3 }],
    [{ start: 4, length: 1 }],
    [
      { start: 6, length: 1 },
      { start: 8, length: 1 },
    ],
  ]);
  expect([...positions.slice(0, 9)]).toEqual([0, 1, 1, 1, 4, 5, 6, 7, 8]);
  expect(media[2]?.patches(1, 2)).toHaveLength(4 * 1536);
});

test.each([
  ['too few pads', [image], { t: 1, h: 2, w: 4 }, 8],
  ['pads without media', [image, image], { t: 1, h: 2, w: 2 }, 4],
  ['pads of the other kind', [video], { t: 1, h: 2, w: 2 }, 4],
  ['patches of another grid', [image], { t: 1, h: 2, w: 2 }, 3],
])('%s are refused', (_name, ids, grid, count) => {
  const task = {
    ids: Int32Array.from(ids),
    media: [{ kind: 'image' as const, grid, patches: patches(count) }],
  };
  expect(() => tokenPrompt(task, config)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
});
