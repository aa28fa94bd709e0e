import { expect, test } from 'vitest';
import { Speculation } from './speculation.js';

const prompt = Array.from({ length: 64 }, (_, index) => index);

/** Tokens tried beside the known one. */
const tried = (speculation: Speculation): number =>
  speculation.active ? speculation.draft(100, []).length : 0;

test.each([
  { rows: 'paired', exact: false },
  { rows: 'exact', exact: true },
])(
  'tries nothing at first, more the longer an answer repeats its prompt, then nothing: $rows rows',
  ({ exact }) => {
    const speculation = new Speculation(prompt, [], exact);
    const widths: number[] = [tried(speculation)];
    for (let id = 10; id < 48; id += 1) {
      speculation.add(id);
      widths.push(tried(speculation));
    }
    expect([...new Set(widths)]).toEqual([0, 1, 3, 7, 15]);
    expect(widths.indexOf(7)).toBeLessThan(24);
    expect(speculation.draft(100, [])).toEqual(Array.from({ length: 15 }, (_, index) => 48 + index));
    for (let id = 100; id < 120; id += 1) speculation.add(id);
    expect(speculation.active).toBe(false);
  },
);

test('is never active in an answer that repeats nothing', () => {
  const speculation = new Speculation(prompt);
  for (let id = 100; id < 400; id += 1) {
    speculation.add(id);
    expect(speculation.active).toBe(false);
  }
});

test('guesses no more than there is room for', () => {
  const speculation = new Speculation(prompt);
  for (let id = 10; id < 50; id += 1) speculation.add(id);
  expect(speculation.draft(2, [])).toEqual([50, 51]);
  expect(speculation.draft(0, [])).toEqual([]);
});

test('guesses go on after what is known already, and are none where that is something else', () => {
  const speculation = new Speculation(prompt);
  for (let id = 10; id < 50; id += 1) speculation.add(id);
  expect(speculation.draft(2, [50, 51])).toEqual([52, 53]);
  expect(speculation.draft(2, [50, 50])).toEqual([]);
});

test('follows a predicted answer from its first token, and again after what it did not foresee', () => {
  const prediction = Array.from({ length: 40 }, (_, index) => 200 + index);
  const speculation = new Speculation(prompt, prediction);
  speculation.add(200);
  expect(speculation.draft(100, [])).toEqual([201, 202, 203, 204, 205, 206, 207]);
  for (const id of [201, 999, 203, 204]) speculation.add(id);
  expect(speculation.draft(2, [])).toEqual([205, 206]);
});

test('tries sooner where rows are exact', () => {
  const tokensUntilTried = (exact: boolean): number => {
    const speculation = new Speculation(prompt, [], exact);
    let id = 10;
    while (!speculation.active) speculation.add(id++);
    return id - 10;
  };
  expect(tokensUntilTried(true)).toBeLessThan(tokensUntilTried(false));
});

test('leaves a prediction that is wrong within a few tokens', () => {
  const speculation = new Speculation(prompt, [200, 201, 202]);
  for (let id = 300; id < 315; id += 1) speculation.add(id);
  expect(speculation.active).toBe(false);
});
