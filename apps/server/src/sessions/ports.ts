/**
 * What the durable layer needs of the rest of the server. It knows sessions, logs and readers; it does not know
 * the engine, media, or how a chunk is shaped: a `StreamSource` turns one request body into steps.
 */

/** Counts that a terminal event reports. */
export interface StreamUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
}

/** What stays the same when a generation is taken up again, so that every chunk keeps its bytes. */
export interface StreamIdentity {
  /** `id` of every chunk. */
  readonly completionId: string;
  /** `created` of every chunk, seconds since 1970. */
  readonly created: number;
  /** The seed in force: the request's own, or one drawn when the session was made. */
  readonly seed: number;
}

/** How a stream ended by itself. `cancelled` is what `run` reports after its signal was aborted. */
export interface StreamEnd {
  readonly finishReason: string;
  readonly cancelled: boolean;
  readonly usage: StreamUsage;
}

/**
 * One step of a generation. The concatenation of all `events` must depend on body, identity and tokens alone,
 * never on time or on how steps were cut: that is what makes a resumed stream identical.
 */
export interface StreamStep {
  /** Token ids that this step generated, in order. */
  readonly tokens: readonly number[];
  /** SSE data of the chunks that became certain with these tokens: JSON text, one chunk each; may be empty. */
  readonly events: readonly string[];
  /** Length of the prompt, as soon as it is known. */
  readonly promptTokens?: number | undefined;
  /** On the last step only, whose last event is then the stream's terminal event. `[DONE]` is not an event. */
  readonly end?: StreamEnd | undefined;
}

/** A request that was checked, admitted and decoded, ready to run once. */
export interface PreparedStream {
  /**
   * Names everything but the body that the tokens depend on: checkpoint and revision, precision, contents of
   * fetched media. A generation goes on after a restart only where it is unchanged.
   */
  readonly fingerprint: string;
  /**
   * Steps from the first token on: those of `continueFrom` are replayed through the same shaping, then new
   * ones follow. After `signal` aborts it yields a last step with `end.cancelled` within one engine step.
   */
  run(input: {
    readonly identity: StreamIdentity;
    readonly continueFrom: readonly number[];
    readonly signal: AbortSignal;
  }): AsyncIterable<StreamStep>;
  /** Gives back what `prepare` took (admission slot, pixels). Called once, whether `run` was called or not. */
  dispose(): void;
}

/** Why a stream ends outside `run`. */
export type ClosingReason =
  | { readonly state: 'cancelled' }
  | { readonly state: 'interrupted'; readonly message: string }
  | { readonly state: 'failed'; readonly error: unknown };

/** Turns request bodies into streams. `Body` is a parsed request; it must survive JSON. */
export interface StreamSource<Body> {
  /**
   * Admits and decodes. Throws an HTTP error for what the client must know before a stream starts (429, 400).
   * With `recovering` the request was admitted before the restart.
   */
  prepare(
    body: Body,
    options: { readonly recovering: boolean; readonly signal: AbortSignal },
  ): Promise<PreparedStream>;
  /** Reads a body back from the log (it was written as JSON). Throws where it no longer parses. */
  parse(stored: unknown): Body;
  /** SSE data of the terminal event of a stream that ended outside `run`. */
  closing(body: Body, identity: StreamIdentity, reason: ClosingReason, usage: StreamUsage): string;
  /** The body of a non-streamed response from all chunks of a stream that has ended. */
  collect(body: Body, events: readonly string[], usage: StreamUsage): unknown;
}
