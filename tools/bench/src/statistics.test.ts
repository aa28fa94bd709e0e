import { expect, test } from 'vitest';
import { summarise } from './statistics.js';

test('median and distance of the quartiles', () => {
  expect(summarise([5, 1, 3, 2, 4])).toEqual({ median: 3, spread: 2, count: 5 });
  expect(summarise([1, 2]).median).toBe(1.5);
});
