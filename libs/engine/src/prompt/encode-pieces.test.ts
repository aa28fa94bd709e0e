import { expect, it } from 'vitest';
import { goldenCheckpoint } from '../testing/golden-checkpoint.js';
import { encodePieces } from './encode-pieces.js';

const { tokenizer, config } = goldenCheckpoint('thinking');

it('encodes neighbouring texts as one, merges across their border included', () => {
  const { ids } = encodePieces(['Look (', '<0.2 seconds>'], tokenizer);
  expect([...ids]).toEqual(tokenizer.encodePlain('Look (<0.2 seconds>'));
  expect([...ids]).not.toEqual([
    ...tokenizer.encodePlain('Look ('),
    ...tokenizer.encodePlain('<0.2 seconds>'),
  ]);
});

it('tells where pads stand, touching runs apart', () => {
  const { image } = config.tokens;
  const pads = { pad: image, count: 3 };
  const { ids, padSpans } = encodePieces(['x', pads, pads, 7, pads], tokenizer);
  expect(padSpans).toEqual([
    { start: 1, length: 3 },
    { start: 4, length: 3 },
    { start: 8, length: 3 },
  ]);
  expect([...ids.slice(1, 8)]).toEqual([...Array.from({ length: 6 }, () => image), 7]);
});
