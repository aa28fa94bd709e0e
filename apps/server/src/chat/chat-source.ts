import {
  ChatChunkWriter,
  type ChatCompletionChunk,
  ChatCompletionCollector,
  type ChatRequest,
} from '@qwenvl/openai';
import type { LoadedModel } from '../model/model-host.js';
import type {
  ClosingReason,
  PreparedStream,
  StreamIdentity,
  StreamSource,
  StreamStep,
  StreamUsage,
} from '../sessions/ports.js';
import { type Admitted, admitThenPrepare, type AnswerSourceOptions, closingEvent } from './answer-source.js';
import { type ChatBody, parseChatBody } from './chat-body.js';
import { outputCheck } from './check-output.js';
import { cancelledStep, choiceSteps } from './choice-steps.js';
import { copyPixels, toEngineMessages } from './engine-messages.js';
import { type ChatDefaults, checkAgainstModel, offeredTools, toEngineRequest } from './engine-request.js';
import { mediaFingerprint } from './media-fingerprint.js';
import { inspectOutput } from './inspect-output.js';
import type { MediaResolver } from './media-resolver.js';
import { withCached } from './with-cached.js';
import { runInTurn } from './run-in-turn.js';
import { readChunks } from './stream-errors.js';

/** What chat completions are made of. */
export interface ChatSourceOptions extends AnswerSourceOptions {
  readonly resolveMedia: MediaResolver;
  readonly defaults: ChatDefaults;
}

type RunInput = Parameters<PreparedStream['run']>[0];

/** Turns chat completion requests into streams of chunks. */
export class ChatSource implements StreamSource<ChatBody> {
  readonly #options: ChatSourceOptions;

  constructor(options: ChatSourceOptions) {
    this.#options = options;
  }

  /** See `StreamSource`. */
  parse(stored: unknown): ChatBody {
    return parseChatBody(stored);
  }

  /** Admits first, decodes media after. See `StreamSource`. */
  async prepare(
    body: ChatBody,
    { recovering, signal }: { readonly recovering: boolean; readonly signal: AbortSignal },
  ): Promise<PreparedStream> {
    const entry = {
      name: body.request.model,
      lane: body.lane,
      recovering,
      signal,
      check: ({ profile }: LoadedModel) => {
        checkAgainstModel(body.request, profile);
      },
    };
    return admitThenPrepare(this.#options, entry, (admitted) => this.#prepare(body, admitted, signal));
  }

  /** See `StreamSource`. */
  closing(_body: ChatBody, identity: StreamIdentity, reason: ClosingReason, usage: StreamUsage): string {
    const { completionId: id, created } = identity;
    const writer = new ChatChunkWriter({ id, created, model: this.#options.host.id });
    return closingEvent(writer, reason, usage);
  }

  /**
   * See `StreamSource`.
   *
   * @throws ApiError where the stream ended with an error.
   */
  collect(body: ChatBody, events: readonly string[], usage: StreamUsage): unknown {
    const collector = new ChatCompletionCollector();
    for (const chunk of readChunks<ChatCompletionChunk>(events)) collector.add(chunk);
    const { metadata } = body.request;
    return { ...withCached(collector.result(), usage), ...(metadata === undefined ? {} : { metadata }) };
  }

  async #prepare(
    body: ChatBody,
    { model: { engine, profile }, ticket, deadline }: Admitted,
    signal: AbortSignal,
  ): Promise<Omit<PreparedStream, 'dispose'>> {
    const preparing = AbortSignal.any([signal, deadline]);
    const { request } = body;
    const { resolveMedia, defaults } = this.#options;
    const engineRequest = toEngineRequest(request, defaults);
    const messages = await toEngineMessages(request.messages, resolveMedia, preparing);
    const shape = {
      model: this.#options.host.id,
      startsInReasoning: profile.startsInReasoning,
      tools: offeredTools(request).length > 0,
      includeUsage: includesUsage(request),
    };
    const check = outputCheck(engineRequest.constraint);
    const observe = this.#options.observe ?? ((steps: AsyncIterable<StreamStep>) => steps);
    const run = ({ identity, continueFrom, signal }: RunInput): AsyncIterable<StreamStep> => {
      const { completionId: id, created } = identity;
      const writer = new ChatChunkWriter({ id, created, ...shape });
      const steps = runInTurn(ticket, AbortSignal.any([signal, deadline]), deadline, {
        cancelled: () => cancelledStep(writer),
        steps: (both) =>
          choiceSteps({
            identity,
            writer,
            choices: request.n ?? 1,
            continueFrom,
            inspect: inspectOutput(check),
            generate: ({ seed, continueFrom: known, isLast }) =>
              engine.generate({
                ...engineRequest,
                messages: isLast ? messages : copyPixels(messages),
                sampling: { ...engineRequest.sampling, seed },
                continueFrom: known.length === 0 ? undefined : known,
                replay: 'exact',
                cacheScope: body.lane,
                signal: both,
              }),
          }),
      });
      return observe(steps, continueFrom.length);
    };
    return {
      fingerprint: `${profile.fingerprint} ${await mediaFingerprint(request.messages, messages)}`,
      run,
    };
  }
}

/** A plain answer always has its usage; a stream only if asked. */
function includesUsage({ stream, stream_options: options }: ChatRequest): boolean {
  return stream !== true || options?.include_usage === true;
}
