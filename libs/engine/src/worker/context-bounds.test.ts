import { expect, test } from 'vitest';
import { answerRoom, contextBounds } from './context-bounds.js';

const bytesPerToken = 1000;

test('without a wish the context is what memory and checkpoint allow', () => {
  const bounds = (kvMemory: number): object =>
    contextBounds({ contextLength: undefined, kvMemory }, 4096, bytesPerToken);
  expect(bounds(2_000_000)).toEqual({ contextLength: 2000, maxCachedTokens: 2000 });
  expect(bounds(9_000_000)).toEqual({ contextLength: 4096, maxCachedTokens: 9000 });
  expect(() => bounds(10_000)).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
});

test('a wish must fit the checkpoint, and raises the memory to one whole context', () => {
  const bounds = (contextLength: number): object =>
    contextBounds({ contextLength, kvMemory: 1_000_000 }, 4096, bytesPerToken);
  expect(bounds(500)).toEqual({ contextLength: 500, maxCachedTokens: 1000 });
  expect(bounds(4096)).toEqual({ contextLength: 4096, maxCachedTokens: 4096 });
  for (const wrong of [10, 5000]) {
    expect(() => bounds(wrong)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  }
});

test('an answer never claims more than a quarter of the context beforehand', () => {
  expect(answerRoom(undefined, 100_000)).toBe(1024);
  expect(answerRoom(10, 100_000)).toBe(10);
  expect(answerRoom(90_000, 100_000)).toBe(25_000);
});
