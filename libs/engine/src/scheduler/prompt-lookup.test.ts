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

test('a guess begins as the sequence went on after the longest match, whatever way the tokens came', () => {
  fc.assert(
    fc.property(ids, ids, (prompt, answer) => {
      const lookup = new PromptLookup(prompt);
      for (const id of answer) lookup.add(id);
      const all = [...prompt, ...answer];
      const [guess] = lookup.draft(1);
      // The reference: every earlier place, the later one where two match alike; the index looks at the last 16.
      let best = { place: -1, match: 1 };
      const places = [...all.keys()].filter((place) => place >= 2).reverse();
      const pairs = places.filter((place) => all[place - 1] === all.at(-1) && all[place - 2] === all.at(-2));
      for (const place of pairs.slice(0, 16)) {
        let match = 0;
        while (match < 32 && match < place && all[place - 1 - match] === all[all.length - 1 - match])
          match += 1;
        if (match > best.match) best = { place, match };
      }
      expect(guess).toBe(all[best.place]);
    }),
  );
});

test('forgets the older half when it is full', () => {
  const lookup = new PromptLookup([1, 2, 3]);
  for (let id = 0; id < 65_536; id += 1) lookup.add(10 + id);
  for (const id of [1, 2]) lookup.add(id);
  expect(lookup.draft(1)).toEqual([]);
  for (const id of [65_000, 65_001]) lookup.add(id);
  expect(lookup.draft(1)).toEqual([65_002]);
});
