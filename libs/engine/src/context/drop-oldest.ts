import type { ChatMessage } from '../types.js';

/**
 * Turns that may be left out of a conversation that does not fit, the oldest first, each whole: the indices of its
 * messages. An answer and the tool results that follow it are one turn. System messages, the last user message and
 * the last turn always stay. Turns before the last user message go first, then those after it.
 */
export function droppableTurns(messages: readonly ChatMessage[]): number[][] {
  const turns: number[][] = [];
  messages.forEach(({ role }, index) => {
    const open = turns.at(-1);
    const follows = role === 'tool' && open && messages[open.at(-1) ?? 0]?.role !== 'system';
    if (follows) open.push(index);
    else turns.push([index]);
  });
  const lastUser = messages.findLastIndex(({ role }) => role === 'user');
  const lastTurn = turns.at(-1);
  return turns.filter((turn) => {
    const first = turn[0] ?? 0;
    return turn !== lastTurn && first !== lastUser && messages[first]?.role !== 'system';
  });
}

/**
 * The result of `attempt` with the fewest turns left out, undefined when it fails even without all of them. Failing is
 * taken to mean that fewer would fail too, so only about log2 of the turns are tried.
 *
 * @param attempt undefined where what is left does not fit
 */
export function withFewestDropped<T>(
  turns: number,
  attempt: (dropped: number) => T | undefined,
): T | undefined {
  const whole = attempt(0);
  if (whole !== undefined || turns === 0) return whole;
  let best = attempt(turns);
  if (best === undefined) return undefined;
  let tooFew = 0;
  let enough = turns;
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    const result = attempt(middle);
    if (result === undefined) {
      tooFew = middle;
    } else {
      enough = middle;
      best = result;
    }
  }
  return best;
}
