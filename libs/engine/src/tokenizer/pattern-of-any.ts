const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** A pattern that captures any of the texts, the longest where several match; one that never matches for none. */
export function patternOfAny(texts: Iterable<string>, flags: 'u' | 'gu' = 'u'): RegExp {
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.length > 0 ? `(${longestFirst.map(escaped).join('|')})` : '((?!))', flags);
}
