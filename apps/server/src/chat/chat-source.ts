import {
  ApiError,
  ChatChunkWriter,
  type ChatCompletionChunk,
  ChatCompletionCollector,
  type ChatRequest,
  type ErrorBody,
  invalidRequest,
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
import { outputCheck } from './check-output.js';
import { cancelledStep, chatSteps } from './chat-steps.js';
import { startDeadline } from './deadline.js';
import { toApiError } from './engine-error.js';
import { copyPixels, toEngineMessages } from './engine-messages.js';
import { type ChatDefaults, checkAgainstModel, offeredTools, toEngineRequest } from './engine-request.js';
import { mediaFingerprint } from './media-fingerprint.js';
import type { MediaResolver } from './media-resolver.js';

/** What chat completions are made of. */
export interface ChatSourceOptions {
  readonly host: ModelHost;
  readonly admission: Admission;
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
    checkModelName(body, host.id);
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
  collect(body: ChatBody, events: readonly string[]): unknown {
    const collector = new ChatCompletionCollector();
    for (const event of events) {
      const chunk = JSON.parse(event) as ChatCompletionChunk | ErrorBody;
      if ('error' in chunk) throw fromErrorBody(chunk);
      collector.add(chunk);
    }
    const { metadata } = body.request;
    return { ...collector.result(), ...(metadata === undefined ? {} : { metadata }) };
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
      choices: request.n ?? 1,
      check: outputCheck(engineRequest.constraint),
    };
    const observe = this.#options.observe ?? ((steps: AsyncIterable<StreamStep>) => steps);
    const run = ({ identity, continueFrom, signal }: RunInput): AsyncIterable<StreamStep> => {
      const steps = runInTurn(ticket, AbortSignal.any([signal, deadline]), deadline, {
        cancelled: () => cancelledStep({ identity, ...shape }),
        steps: (both) =>
          chatSteps({
            identity,
            continueFrom,
            signal: both,
            ...shape,
            generate: ({ seed, continueFrom: known, isLast }) =>
              engine.generate({
                ...engineRequest,
                messages: isLast ? messages : copyPixels(messages),
                sampling: { ...engineRequest.sampling, seed },
                continueFrom: known.length === 0 ? undefined : known,
                replay: 'exact',
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

/** Waits for the request's turn, then runs it; the deadline ends it with an error, a cancel with a last step. */
async function* runInTurn(
  ticket: Ticket,
  signal: AbortSignal,
  deadline: AbortSignal,
  stream: { cancelled: () => StreamStep; steps: (signal: AbortSignal) => AsyncIterable<StreamStep> },
): AsyncGenerator<StreamStep> {
  try {
    await ticket.start(signal);
  } catch {
    deadline.throwIfAborted();
    yield stream.cancelled();
    return;
  }
  try {
    for await (const step of stream.steps(signal)) {
      if (step.end?.cancelled === true) deadline.throwIfAborted();
      yield step;
    }
  } catch (error) {
    throw toApiError(error);
  } finally {
    ticket.release();
  }
}

/** A plain answer always has its usage; a stream only if asked. */
function includesUsage({ stream, stream_options: options }: ChatRequest): boolean {
  return stream !== true || options?.include_usage === true;
}

/** Requests name the loaded model, or `default`. */
function checkModelName({ request }: ChatBody, id: string): void {
  if (request.model === id || request.model === 'default') return;
  throw new ApiError({
    status: 404,
    code: 'model_not_found',
    param: 'model',
    message: `The model '${request.model}' is not served here; this server has '${id}'.`,
  });
}

function toClosingError(reason: Exclude<ClosingReason, { state: 'cancelled' }>): ApiError {
  if (reason.state === 'interrupted') {
    return new ApiError({ status: 500, code: 'interrupted', message: reason.message });
  }
  const error = toApiError(reason.error);
  if (ApiError.isInstance(error)) return error;
  return new ApiError({ status: 500, code: 'internal_error', message: 'The server failed to answer.' });
}

function fromErrorBody({ error }: ErrorBody): ApiError {
  const { message, type, param, code } = error;
  const status = type === 'invalid_request_error' ? 400 : type === 'rate_limit_error' ? 429 : 500;
  if (status === 400) return invalidRequest(message, param ?? undefined, code ?? undefined);
  return new ApiError({ status, message, type, code: code ?? 'internal_error' });
}
