import { expect, test } from 'vitest';
import { Speculation } from './speculation.js';

const period = Array.from({ length: 64 }, (_, index) => index % 16);

test('guesses further while guesses come true, and one token where they do not', () => {
  const speculation = new Speculation(period);
  expect(speculation.rows).toBe(2);
  for (let step = 0; step < 4; step += 1) speculation.learn(1, 1);
  expect(speculation.rows).toBe(8);
  expect(speculation.draft(100)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  for (let step = 0; step < 2; step += 1) speculation.learn(7, 0);
  expect(speculation.rows).toBe(4);
  for (let step = 0; step < 20; step += 1) speculation.learn(3, 0);
  expect(speculation.rows).toBe(2);
  expect(speculation.draft(100)).toEqual([0]);
  for (let step = 0; step < 20; step += 1) speculation.learn(1, 1);
  expect(speculation.rows).toBe(8);
});

test('counts a guess that was not reached neither way', () => {
  const one = new Speculation(period);
  const other = new Speculation(period);
  for (let step = 0; step < 5; step += 1) {
    one.learn(7, 2);
    other.learn(3, 2);
  }
  expect(one.rows).toBe(other.rows);
});

test('guesses no more than there is room for', () => {
  const speculation = new Speculation(period);
  for (let step = 0; step < 9; step += 1) speculation.learn(1, 1);
  expect(speculation.draft(2)).toEqual([0, 1]);
  expect(speculation.draft(0)).toEqual([]);
});
