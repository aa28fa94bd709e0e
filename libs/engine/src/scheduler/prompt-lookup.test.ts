import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PromptLookup } from './prompt-lookup.js';

test('guesses what came after the longest of the earlier matches, the latest where they are alike', () => {
  expect(new PromptLookup([1, 2, 3, 4, 9, 2, 3, 5, 1, 2, 3]).draft(2)).toEqual([4, 9]);
  expect(new PromptLookup([2, 3, 4, 9, 2, 3, 5, 7, 2, 3]).draft(1)).toEqual([5]);
});

test('goes on with what repeats', () => {
  expect(new PromptLookup([7, 1, 2, 3, 1, 2, 3, 1, 2]).draft(5)).toEqual([3, 1, 2, 3, 1]);
  expect(new PromptLookup([5, 5, 5]).draft(3)).toEqual([5, 5, 5]);
});

test('guesses nothing where the last two tokens are new together', () => {
  expect(new PromptLookup([]).draft(3)).toEqual([]);
  expect(new PromptLookup([1]).draft(3)).toEqual([]);
  expect(new PromptLookup([1, 2, 1, 3, 2]).draft(3)).toEqual([]);
});

const ids = fc.array(fc.nat({ max: 3 }), { maxLength: 40 });

function matchBefore(all: readonly number[], place: number): number {
  let match = 0;
  while (match < 32 && match < place && all[place - 1 - match] === all[all.length - 1 - match]) match += 1;
  return match;
}

interface Followed {
  readonly place: number;
  readonly match: number;
}

/** Of the last 16 places after the last pair the best, the later one where two match alike, if it is better than `followed`. */
function bestPlace(all: readonly number[], followed: Followed): Followed {
  const places = [...all.keys()].filter((place) => matchBefore(all, place) >= 2).reverse();
  const matches = places.slice(0, 16).map((place) => ({ place, match: matchBefore(all, place) }));
  return matches.reduce((best, next) => (next.match > best.match ? next : best), followed);
}

test('a guess is how the sequence went on after the longest match, or goes on beside what came otherwise', () => {
  fc.assert(
    fc.property(ids, ids, (prompt, answer) => {
      const lookup = new PromptLookup(prompt);
      const all = [...prompt];
      let { place, match } = bestPlace(all, { place: -1, match: 0 });
      for (const id of answer) {
        match = all[place] === id ? Math.min(match + 1, 32) : Math.floor(match / 2);
        place = match > 0 ? place + 1 : -1;
        lookup.add(id);
        all.push(id);
        ({ place, match } = bestPlace(all, { place, match }));
      }
      expect(lookup.draft(1)[0]).toBe(all[place]);
    }),
  );
});

test('goes on beside a token that came otherwise, for as long as the match before it lets hope', () => {
  const lookup = new PromptLookup([1, 2, 3, 4, 5, 6, 1, 2]);
  lookup.add(9);
  expect(lookup.draft(3)).toEqual([4, 5, 6]);
  lookup.add(9);
  expect(lookup.draft(3)).toEqual([]);
});

test('follows no place that is forgotten', () => {
  const fill = Array.from({ length: 65_536 - 13 }, (_, index) => 100 + index);
  const lookup = new PromptLookup([1, 2, 3, 4, 5, 6, 7, 8, 9, ...fill]);
  for (const id of [1, 2, 3, 4]) lookup.add(id);
  expect(lookup.draft(2)).toEqual([5, 6]);
  lookup.add(5);
  expect(lookup.draft(2)).toEqual([]);
});

test('forgets the older half when it is full', () => {
  const lookup = new PromptLookup([1, 2, 3]);
  for (let id = 0; id < 65_536; id += 1) lookup.add(10 + id);
  for (const id of [1, 2]) lookup.add(id);
  expect(lookup.draft(1)).toEqual([]);
  for (const id of [65_000, 65_001]) lookup.add(id);
  expect(lookup.draft(1)).toEqual([65_002]);
});
