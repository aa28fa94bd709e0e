import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ChatMessage } from '../types.js';
import { droppableTurns, withFewestDropped } from './drop-oldest.js';

const conversation = (roles: string): ChatMessage[] =>
  Array.from(roles, (letter) => ({
    role: ({ s: 'system', u: 'user', a: 'assistant', t: 'tool' } as const)[letter as 's' | 'u' | 'a' | 't'],
    content: '',
  }));

it.each([
  ['the question alone stays', 'u', []],
  ['oldest first, system messages never', 'suausu', [[1], [2], [3]]],
  ['tool results go with their call', 'uattau', [[0], [1, 2, 3], [4]]],
  [
    'before the last question, then after it, but never the last turn',
    'suauatatat',
    [[1], [2], [4, 5], [6, 7]],
  ],
  ['a tool result after a system message stands alone', 'stu', [[1]]],
])('%s', (_, roles, turns) => {
  expect(droppableTurns(conversation(roles))).toEqual(turns);
});

it('leaves out as few as possible', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(60), (turns, needed) => {
      let attempts = 0;
      const result = withFewestDropped(turns, (dropped) => {
        attempts += 1;
        return dropped >= needed ? dropped : undefined;
      });
      expect(result).toBe(needed > turns ? undefined : needed);
      expect(attempts).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(turns + 1)));
    }),
  );
});
