/** A token's probability as the engine reports it. */
export interface GeneratedLogprob {
  readonly text: string;
  readonly bytes: readonly number[];
  readonly logprob: number;
}

/** The port to an engine: what one generation reports, in order. */
export type GenerationEvent =
  | { readonly type: 'start'; readonly promptTokens: number; readonly droppedTurns: number }
  | {
      readonly type: 'token';
      readonly text: string;
      readonly logprob?: GeneratedLogprob & { readonly top: readonly GeneratedLogprob[] };
    }
  | {
      readonly type: 'finish';
      readonly reason: 'stop' | 'length' | 'cancelled';
      readonly text: string;
      readonly usage: {
        readonly promptTokens: number;
        readonly completionTokens: number;
        readonly cachedTokens: number;
      };
    };
