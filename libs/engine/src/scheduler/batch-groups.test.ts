import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchGroups } from './batch-groups.js';

test('sequences of like length share a step, one far longer goes alone', () => {
  expect(batchGroups([])).toEqual([]);
  expect(batchGroups([7])).toEqual([[0]]);
  expect(batchGroups([100, 100, 90, 80])).toEqual([[0, 1, 2, 3]]);
  expect(batchGroups([50, 20_000, 40])).toEqual([[1], [0, 2]]);
});

test('every sequence is in one group and padding at most doubles the room', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40_000 }), { maxLength: 12 }), (lengths) => {
      const groups = batchGroups(lengths);
      expect(groups.flat().sort((a, b) => a - b)).toEqual([...lengths.keys()]);
      for (const group of groups) {
        const own = group.map((index) => lengths[index] ?? 0);
        expect(group.length * Math.max(...own)).toBeLessThanOrEqual(2 * own.reduce((a, b) => a + b));
      }
    }),
  );
});
