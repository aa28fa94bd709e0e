import {
  ChatChunkWriter,
  type ChatCompletionChunk,
  ChatCompletionCollector,
  type ChatRequest,
} from '@qwenvl/openai';
import type { Admission, Ticket } from '../admission/admission.js';
import type { LoadedModel, ModelHost } from '../model/model-host.js';
import type {
  ClosingReason,
  PreparedStream,
  StreamIdentity,
  StreamSource,
  StreamStep,
  StreamUsage,
} from '../sessions/ports.js';
import { type ChatBody, parseChatBody } from './chat-body.js';
import { checkModelName } from './check-model-name.js';
import { outputCheck } from './check-output.js';
import { cancelledStep, choiceSteps } from './choice-steps.js';
import { startDeadline } from './deadline.js';
import { toApiError } from './engine-error.js';
import { copyPixels, toEngineMessages } from './engine-messages.js';
import { type ChatDefaults, checkAgainstModel, offeredTools, toEngineRequest } from './engine-request.js';
import { mediaFingerprint } from './media-fingerprint.js';
import { inspectOutput } from './inspect-output.js';
import type { MediaResolver } from './media-resolver.js';
import { withCached } from './with-cached.js';
import { runInTurn } from './run-in-turn.js';
import { readChunks, toClosingError } from './stream-errors.js';

/** What chat completions are made of. */
export interface ChatSourceOptions {
  readonly host: ModelHost;
  readonly admission: Pick<Admission, 'enter'>;
  readonly resolveMedia: MediaResolver;
  readonly defaults: ChatDefaults;
  /** Longest time of one answer in seconds, waiting included; 0 is no limit. */
  readonly timeoutSeconds: number;
  /** Sees every stream pass, to measure it. `known`: tokens that are only replayed. */
  readonly observe?:
    ((steps: AsyncIterable<StreamStep>, known: number) => AsyncIterable<StreamStep>) | undefined;
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
    const { host, admission, timeoutSeconds } = this.#options;
    if (recovering) await host.load();
    const model = host.require();
    checkModelName(body.request.model, host.id);
    checkAgainstModel(body.request, model.profile);
    const ticket = admission.enter(body.lane);
    const deadline = startDeadline(timeoutSeconds);
    const dispose = (): void => {
      ticket.release();
      deadline.clear();
    };
    try {
      const until = { deadline: deadline.signal, preparing: AbortSignal.any([signal, deadline.signal]) };
      return { ...(await this.#prepare(body, model, ticket, until)), dispose };
    } catch (error) {
      dispose();
      throw toApiError(error);
    }
  }

  /** See `StreamSource`. */
  closing(_body: ChatBody, identity: StreamIdentity, reason: ClosingReason, usage: StreamUsage): string {
    const { completionId: id, created } = identity;
    const writer = new ChatChunkWriter({ id, created, model: this.#options.host.id });
    const [chunk] = writer.push(0, { type: 'finish', reason: 'cancelled', text: '', usage });
    const last = reason.state === 'cancelled' ? chunk : toClosingError(reason).toBody();
    return JSON.stringify({ ...last, usage: writer.usage });
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
    { engine, profile }: LoadedModel,
    ticket: Ticket,
    { deadline, preparing }: { readonly deadline: AbortSignal; readonly preparing: AbortSignal },
  ): Promise<Omit<PreparedStream, 'dispose'>> {
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
