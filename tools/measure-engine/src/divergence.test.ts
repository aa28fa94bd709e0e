import { expect, test } from 'vitest';
import { commonLength, divergence, type TokenJudgement } from './divergence.js';

const judge = (id: number, top: Record<number, number>): TokenJudgement => ({
  id,
  logprob: Math.log(top[id] ?? 0),
  top: new Map(
    Object.entries(top)
      .sort(([, a], [, b]) => b - a)
      .map(([other, probability]) => [Number(other), Math.log(probability)]),
  ),
});

test('equal distributions do not diverge', () => {
  const same = [judge(1, { 1: 0.75, 2: 0.25 })];
  expect(divergence(same, same)).toEqual({
    tokens: 1,
    sameTop: 1,
    meanLogprobDifference: 0,
    maxLogprobDifference: 0,
    kl: 0,
  });
});

test('differences are those of the same token, KL that of the definition', () => {
  const { sameTop, maxLogprobDifference, kl } = divergence(
    [judge(1, { 1: 0.75, 2: 0.25 })],
    [judge(1, { 1: 0.25, 2: 0.75 })],
  );
  expect(sameTop).toBe(0);
  expect(maxLogprobDifference).toBeCloseTo(Math.log(3));
  expect(kl).toBeCloseTo(0.5 * Math.log(3));
});

test('judgements of different tokens are refused', () => {
  expect(() => divergence([judge(1, { 1: 1 })], [judge(2, { 2: 1 })])).toThrow('different tokens');
});

test('the common start of two answers', () => {
  expect(commonLength([1, 2, 3], [1, 2, 4])).toBe(2);
  expect(commonLength([1, 2], [1, 2])).toBe(2);
});
