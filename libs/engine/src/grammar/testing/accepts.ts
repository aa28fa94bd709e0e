import { ByteAutomaton, type ByteState } from '../byte-automaton.js';
import type { GrammarNode } from '../grammar-node.js';
import { nodeFacts } from '../node-checks.js';

/** Whether a text is one of a grammar's. */
export function accepts(root: GrammarNode, text: string): boolean {
  const automaton = new ByteAutomaton(root, nodeFacts(root).isProductive);
  let state: ByteState | null = automaton.start;
  for (const byte of new TextEncoder().encode(text)) {
    state = automaton.step(state, byte);
    if (state === null) return false;
  }
  return state.isEnd;
}
