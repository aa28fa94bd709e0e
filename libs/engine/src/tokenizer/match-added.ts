import type { AddedToken } from './tokenizer-schema.js';

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** A pattern that captures any of the tokens, the longest where several match; one that never matches for none. */
export function addedTokenPattern(tokens: readonly AddedToken[]): RegExp {
  const longestFirst = tokens.toSorted((a, b) => b.content.length - a.content.length);
  const alternatives = longestFirst.map(({ content }) => escaped(content)).join('|');
  return new RegExp(alternatives ? `(${alternatives})` : '((?!))', 'u');
}
