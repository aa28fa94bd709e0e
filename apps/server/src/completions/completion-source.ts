import { type CompletionChunk, CompletionChunkWriter, CompletionCollector } from '@qwenvl/openai';
import {
  type Admitted,
  admitThenPrepare,
  type AnswerSourceOptions,
  closingEvent,
} from '../chat/answer-source.js';
import { withCached } from '../chat/with-cached.js';
import { cancelledStep, choiceSteps } from '../chat/choice-steps.js';
import { runInTurn } from '../chat/run-in-turn.js';
import { readChunks } from '../chat/stream-errors.js';
import { toSampling } from '../chat/to-sampling.js';
import type { ChatEngine } from '../model/chat-engine.js';
import type {
  ClosingReason,
  PreparedStream,
  StreamIdentity,
  StreamSource,
  StreamStep,
  StreamUsage,
} from '../sessions/ports.js';
import { type CompletionBody, parseCompletionBody } from './completion-body.js';

/** What plain completions are made of. */
export interface CompletionSourceOptions extends AnswerSourceOptions {
  /** Where a request names none; absent: the checkpoint's own. */
  readonly temperature?: number | undefined;
}

type RunInput = Parameters<PreparedStream['run']>[0];

/** Turns plain completion requests into streams of `text_completion` chunks. */
export class CompletionSource implements StreamSource<CompletionBody> {
  readonly #options: CompletionSourceOptions;

  constructor(options: CompletionSourceOptions) {
    this.#options = options;
  }

  /** See `StreamSource`. */
  parse(stored: unknown): CompletionBody {
    return parseCompletionBody(stored);
  }

  /** See `StreamSource`. */
  async prepare(
    body: CompletionBody,
    { recovering, signal }: { readonly recovering: boolean; readonly signal: AbortSignal },
  ): Promise<PreparedStream> {
    const entry = { name: body.request.model, lane: body.lane, recovering, signal };
    return admitThenPrepare(this.#options, entry, async (admitted) => {
      const echo = await echoed(body, admitted.model.engine);
      return {
        fingerprint: admitted.model.profile.fingerprint,
        run: (input) => this.#run(body, admitted, echo, input),
      };
    });
  }

  /** See `StreamSource`. */
  closing(
    _body: CompletionBody,
    { completionId: id, created }: StreamIdentity,
    reason: ClosingReason,
    usage: StreamUsage,
  ): string {
    const writer = new CompletionChunkWriter({ id, created, model: this.#options.host.id });
    return closingEvent(writer, reason, usage);
  }

  /**
   * See `StreamSource`.
   *
   * @throws ApiError where the stream ended with an error.
   */
  collect(_body: CompletionBody, events: readonly string[], usage: StreamUsage): unknown {
    const collector = new CompletionCollector();
    for (const chunk of readChunks<CompletionChunk>(events)) collector.add(chunk);
    return withCached(collector.result(), usage);
  }

  #run(
    { request, lane }: CompletionBody,
    { model: { engine }, ticket, deadline }: Admitted,
    echo: readonly string[] | undefined,
    { identity, continueFrom, signal }: RunInput,
  ): AsyncIterable<StreamStep> {
    const { host, temperature, observe = (steps: AsyncIterable<StreamStep>) => steps } = this.#options;
    const { completionId: id, created } = identity;
    const { prompt: prompts, n = 1, stream, stream_options: streamOptions } = request;
    const includeUsage = stream !== true || streamOptions?.include_usage === true;
    const writer = new CompletionChunkWriter({ id, created, model: host.id, n, echo, includeUsage });
    const steps = runInTurn(ticket, AbortSignal.any([signal, deadline]), deadline, {
      cancelled: () => cancelledStep(writer),
      steps: (both) =>
        choiceSteps({
          identity,
          writer,
          choices: prompts.length * n,
          continueFrom,
          generate: ({ choice, seed, continueFrom: known }) =>
            engine.complete({
              prompt: prompts[Math.floor(choice / n)] ?? '',
              sampling: { ...toSampling(request, { temperature }), seed },
              maxTokens: request.max_tokens,
              stop: request.stop,
              topLogprobs: request.logprobs,
              cacheScope: lane,
              continueFrom: known.length === 0 ? undefined : known,
              replay: 'exact',
              signal: both,
            }),
        }),
    });
    return observe(steps, continueFrom.length);
  }
}

/** The text of each prompt, where the answer is to begin with it. */
async function echoed(
  { request: { echo, prompt } }: CompletionBody,
  engine: ChatEngine,
): Promise<readonly string[] | undefined> {
  if (echo !== true) return undefined;
  return Promise.all(
    prompt.map(async (each) => (typeof each === 'string' ? each : await engine.detokenize(each))),
  );
}
