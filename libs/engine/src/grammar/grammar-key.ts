import type { GrammarSource } from './constraint-grammar.js';

/** Names a grammar. */
export function keyOf({ type, text }: GrammarSource): string {
  return `${type} ${text}`;
}
