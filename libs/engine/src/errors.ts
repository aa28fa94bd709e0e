/**
 * What went wrong, as a stable word that programs may compare.
 *
 * - `invalid-request`: an option or a message is outside what is allowed.
 * - `media-not-rendered`: the chat template ignores an image or video at that place (a system turn, say).
 * - `invalid-image`, `invalid-video`: pixels or frames that cannot be used (empty, wrong size, extreme shape).
 * - `context-overflow`: the prompt does not fit the context.
 * - `unsupported-checkpoint`: the architecture or one of its settings is not one this engine runs.
 * - `checkpoint-missing`: a file of the checkpoint is not there.
 * - `checkpoint-corrupt`: a file of the checkpoint does not hold what it should.
 * - `network`, `offline`, `disk-full`: a download could not start or finish.
 * - `not-writable`: the cache cannot be written to (its permissions, say).
 * - `hub-refused`: the hub does not let this token, or no token, read the model.
 * - `queue-full`: as many requests as allowed already wait; try again later.
 * - `out-of-memory`: the runtime could not allocate.
 * - `worker-crashed`: the compute thread died; the next request gets a new one.
 * - `cancelled`: the request's signal was aborted before there was a result.
 * - `closed`: the engine was closed.
 */
export type EngineErrorCode =
  | 'invalid-request'
  | 'media-not-rendered'
  | 'invalid-image'
  | 'invalid-video'
  | 'context-overflow'
  | 'unsupported-checkpoint'
  | 'checkpoint-missing'
  | 'checkpoint-corrupt'
  | 'network'
  | 'offline'
  | 'disk-full'
  | 'not-writable'
  | 'hub-refused'
  | 'queue-full'
  | 'out-of-memory'
  | 'worker-crashed'
  | 'cancelled'
  | 'closed';

const marker = Symbol.for('qwenvl.engine.error');

/** Every error that this library throws on purpose. The message tells what to do about it. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  readonly [marker] = true;

  /** `options.cause` keeps the error underneath, where there is one. */
  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Like `instanceof`, but also true for an error of another installed copy of this package. */
  static isInstance(error: unknown): error is EngineError {
    return error instanceof Error && marker in error && error[marker] === true;
  }
}
