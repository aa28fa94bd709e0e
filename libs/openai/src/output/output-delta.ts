/** A piece of a model's answer, sorted into what it is. */
export type OutputDelta =
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'content'; readonly text: string }
  /** A call begins: its position among the calls of the answer, and the function's name. */
  | { readonly type: 'tool-call'; readonly index: number; readonly name: string }
  | { readonly type: 'tool-call-arguments'; readonly index: number; readonly text: string };
