import type { OutputConstraint } from './grammar/output-constraint.js';

/** An image as packed 8-bit RGB, row by row: `data.length === width * height * 3`, shape `[height, width, 3]`. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Sampled video frames with what is needed to compute their timestamps. All frames have the same size. */
export interface VideoFrames {
  readonly frames: readonly RgbImage[];
  /** Index of each frame in the source, so that `index / fps` is its time in seconds. */
  readonly frameIndices: readonly number[];
  /** Average frame rate of the source in frames a second. */
  readonly fps: number;
}

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** Pixel bounds override the checkpoint's (`size.shortest_edge`, `size.longest_edge`: counts of pixels). */
export interface PixelBounds {
  readonly minPixels?: number | undefined;
  readonly maxPixels?: number | undefined;
}

export interface ImagePart extends PixelBounds {
  readonly type: 'image';
  readonly image: RgbImage;
}

export interface VideoPart extends PixelBounds {
  readonly type: 'video';
  readonly video: VideoFrames;
}

export type ContentPart = TextPart | ImagePart | VideoPart;

/** A tool call of an assistant turn; `arguments` is the parsed JSON object, as the chat template expects. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** One turn of a conversation, as the chat template reads it. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | readonly ContentPart[];
  /** Reasoning of an assistant turn; kept or dropped by the chat template's own rules. */
  readonly reasoningContent?: string | undefined;
  readonly toolCalls?: readonly ToolCall[] | undefined;
}

/** A function the model may call, in OpenAI's form; handed to the chat template as it is. */
export interface ToolDefinition {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string | undefined;
    readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  };
}

/** How the next token is chosen. Order: penalties and bias, temperature, top-k, top-p, min-p. */
export interface SamplingOptions {
  /** 0 is greedy. Default: the checkpoint's `generation_config.json`. */
  readonly temperature?: number | undefined;
  /** Nucleus: smallest set whose probability reaches this, `(0, 1]`. */
  readonly topP?: number | undefined;
  /** Keep the k most probable tokens; 0 keeps all. */
  readonly topK?: number | undefined;
  /** Drop tokens less probable than this share of the best, `[0, 1]`. */
  readonly minP?: number | undefined;
  /** Hugging Face semantics, over prompt and generated tokens; 1 is off. */
  readonly repetitionPenalty?: number | undefined;
  /** OpenAI semantics, generated tokens only, `[-2, 2]`. */
  readonly presencePenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  /** Token id → added logit, `[-100, 100]`. */
  readonly logitBias?: Readonly<Record<number, number>> | undefined;
  /** Unsigned 53-bit seed. The random number of a token depends on (seed, position) alone. Default: random. */
  readonly seed?: number | undefined;
}

export interface GenerateRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly sampling?: SamplingOptions | undefined;
  /** Most tokens to generate, those of `continueFrom` included. Default: what the context leaves. */
  readonly maxTokens?: number | undefined;
  /** Generation ends before the first of these strings, wherever token borders fall. */
  readonly stop?: readonly string[] | undefined;
  /** Number of alternatives reported with each token, 0-20; undefined reports none, not even the chosen one's. */
  readonly topLogprobs?: number | undefined;
  /** Token ids generated earlier for this very request: generation goes on after them, and they are reported as usual events first. */
  readonly continueFrom?: readonly number[] | undefined;
  /**
   * How `continueFrom` is computed. `chunked` (default) is fast, and rounds differently from the single steps of the
   * first run: where two candidates are that close, what follows may differ from it. `exact` takes the
   * steps of the first run again, forced tokens of a constraint in the same chunks.
   */
  readonly replay?: 'chunked' | 'exact' | undefined;
  /**
   * Keys and values of earlier requests are used again only where the scope is the same, so that neither times nor
   * `cachedTokens` tell one client what another has asked. At most 1024 characters; default: one common scope.
   */
  readonly cacheScope?: string | undefined;
  /** What the answer is held to, token by token; reasoning before it stays free. */
  readonly constraint?: OutputConstraint | undefined;
  /**
   * What the answer is expected to be, or to have much of: the draft that is corrected, a form that another reader has
   * filled in. Where the answer goes as it does, several tokens are chosen in one step; what does not fit is left. It
   * may be wrong: it is no part of the prompt, and steps round as with `speculation: 'prompt-lookup'`. At most 200,000 characters.
   * Has no effect with `deterministic` and on steps that are shared with other requests.
   */
  readonly prediction?: string | undefined;
  /** Most tokens of reasoning before it is closed; 0 is none. Only for checkpoints that think first. */
  readonly thinkingBudget?: number | undefined;
  /** What to do with a prompt that does not fit: drop the oldest turns whole, or fail. */
  readonly overflow?: 'drop-oldest' | 'error' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A generation from raw text, without a chat template.
 *
 * The text of `prompt` is the model's own format: added tokens such as `<|im_start|>` count wherever they stand, and
 * nothing is put before or after it. Text of users that must not hold such tokens belongs into `GenerateRequest`.
 * Token ids are taken as they are. Media cannot be given: a media pad in the prompt is refused.
 */
export interface CompletionRequest extends Omit<
  GenerateRequest,
  'messages' | 'tools' | 'overflow' | 'constraint' | 'thinkingBudget'
> {
  readonly prompt: string | readonly number[];
}

export interface TokenLogprob {
  readonly id: number;
  /** The token's bytes as text; partial characters appear as U+FFFD. */
  readonly text: string;
  /** The token's exact bytes (UTF-8). */
  readonly bytes: readonly number[];
  /** Natural logarithm of the probability under the model's distribution, before sampling options. */
  readonly logprob: number;
}

export type FinishReason = 'stop' | 'length' | 'cancelled';

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Prompt tokens whose keys and values came from a cache. */
  readonly cachedTokens: number;
}

/** What a generation reports, in order: one `start`, any number of `token`, one `finish`. */
export type GenerateEvent =
  | {
      readonly type: 'start';
      readonly promptTokens: number;
      readonly droppedTurns: number;
      readonly seed: number;
    }
  | {
      readonly type: 'token';
      /** Position among the generated tokens, from 0. */
      readonly index: number;
      readonly id: number;
      /** Text that became certain with this token; may be empty. Special tokens give none. */
      readonly text: string;
      readonly logprob?: TokenLogprob & { readonly top: readonly TokenLogprob[] };
    }
  | {
      readonly type: 'finish';
      readonly reason: FinishReason;
      /** The stop string that matched, when one did. */
      readonly stopString?: string;
      /** Text held back until the end (a possible stop string that never completed). */
      readonly text: string;
      readonly usage: Usage;
    };
