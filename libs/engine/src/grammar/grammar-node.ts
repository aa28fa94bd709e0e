/** Bytes from the first to the last, both included. */
export type ByteRange = readonly [first: number, last: number];

/**
 * A grammar over bytes, as a graph that is never changed once it is made. `rule` refers to a node that may be made
 * later, which is how grammars recur.
 */
export type GrammarNode =
  | { readonly kind: 'byte'; readonly ranges: readonly ByteRange[] }
  | { readonly kind: 'literal'; readonly bytes: Uint8Array }
  | { readonly kind: 'sequence'; readonly parts: readonly GrammarNode[] }
  | { readonly kind: 'choice'; readonly options: readonly GrammarNode[] }
  | { readonly kind: 'repeat'; readonly part: GrammarNode; readonly min: number; readonly max: number }
  | { readonly kind: 'rule'; readonly body: () => GrammarNode };

/** Most times that something can be repeated; a larger maximum counts as this one. */
export const maxRepeats = 1_000_000;

/** One byte out of ranges. */
export function byteOf(...ranges: readonly ByteRange[]): GrammarNode {
  return { kind: 'byte', ranges };
}

/** A text, as UTF-8. */
export function literal(text: string): GrammarNode {
  return { kind: 'literal', bytes: new TextEncoder().encode(text) };
}

/** One part after another. */
export function sequence(...parts: readonly GrammarNode[]): GrammarNode {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'sequence', parts };
}

/** One of several; of none: nothing at all, not even the empty text. */
export function choice(...options: readonly GrammarNode[]): GrammarNode {
  const [only] = options;
  return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
}

/** A part again and again; `max` may be infinite. */
export function repeat(part: GrammarNode, min: number, max: number): GrammarNode {
  return { kind: 'repeat', part, min, max: max === Infinity ? max : Math.min(max, maxRepeats) };
}

/** A part or nothing. */
export function optional(part: GrammarNode): GrammarNode {
  return repeat(part, 0, 1);
}

/** A part that is looked up when it is needed. */
export function rule(body: () => GrammarNode): GrammarNode {
  return { kind: 'rule', body };
}

/** The empty text. */
export const empty: GrammarNode = { kind: 'sequence', parts: [] };

/** No text at all. */
export const nothing: GrammarNode = { kind: 'choice', options: [] };
