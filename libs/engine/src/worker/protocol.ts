import type { EngineErrorCode } from '../errors.js';
import type { LoadProgress } from '../loading/load-progress.js';
import type { OutputConstraint } from '../grammar/output-constraint.js';
import type { Grid } from '../prompt/prepared-prompt.js';
import type { EngineInfo } from '../engine-info.js';
import type { LoadRequest } from '../loading/load-request.js';
import type { GenerateEvent, GenerateRequest } from '../types.js';

/** A generation as it crosses to the worker: everything but the signal, which becomes `cancelled` or a message. */
export type ChatTask = Omit<GenerateRequest, 'signal'>;

/** Patches of one image or video that were made elsewhere. */
export interface TokenTaskMedia {
  readonly kind: 'image' | 'video';
  readonly grid: Grid;
  /** f32 `[t, h * w, patchLength]`, normalised, in merge-block order. */
  readonly patches: Float32Array;
}

/** A generation from below the chat template: token ids with media pads expanded, and patches. */
export interface TokenTask extends Omit<ChatTask, 'messages' | 'tools' | 'overflow'> {
  readonly ids: Int32Array;
  readonly media: readonly TokenTaskMedia[];
}

/** A generation from raw text, in which added tokens count. */
export interface TextTask extends Omit<TokenTask, 'ids'> {
  readonly text: string;
}

/** Everything that a generation can start from. */
export type GenerateTask = ChatTask | TextTask | TokenTask;

/** What the engine asks of its worker. `id` ties answers to a request. */
export type WorkerRequest =
  | { readonly type: 'load'; readonly request: LoadRequest }
  | {
      readonly type: 'generate';
      readonly id: number;
      readonly task: GenerateTask;
      /** Cancelled before it began. A message after this one could come when a short answer is done. */
      readonly cancelled: boolean;
    }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'count'; readonly id: number; readonly task: Pick<ChatTask, 'messages' | 'tools'> }
  | { readonly type: 'tokenize'; readonly id: number; readonly text: string }
  | { readonly type: 'detokenize'; readonly id: number; readonly ids: readonly number[] }
  | { readonly type: 'prepare'; readonly id: number; readonly constraint: OutputConstraint }
  | { readonly type: 'close' };

/** An error as it crosses threads; its class does not survive structured cloning. */
export interface WireError {
  readonly code: EngineErrorCode | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

/** What the worker answers. */
export type WorkerMessage =
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | { readonly type: 'loaded'; readonly info: EngineInfo }
  | { readonly type: 'load-failed'; readonly error: WireError }
  | { readonly type: 'event'; readonly id: number; readonly event: GenerateEvent }
  | { readonly type: 'result'; readonly id: number; readonly value: number | string | readonly number[] }
  | { readonly type: 'failed'; readonly id: number; readonly error: WireError };
