import type * as engine from '@qwenvl/engine';
import { ApiError } from '@qwenvl/openai';
import { z } from 'zod';
import type { ChatEngine } from '../model/chat-engine.js';
import { AnswerText } from './answer-text.js';
import { chatBody, completionBody } from './upstream-body.js';
import { readChunks, upstreamFailed } from './upstream-chunks.js';
import type { UpstreamChunk } from './upstream-chunks.js';
import { toLogprobs } from './upstream-logprobs.js';
import type { BegunAnswer, UpstreamPool } from './upstream-pool.js';

const tokensReply = z.object({ count: z.int(), tokens: z.array(z.int()).nullish() });
// vLLM and this server; llama-server.
const textReply = z.union([
  z.object({ prompt: z.string() }).transform(({ prompt }) => prompt),
  z.object({ content: z.string() }).transform(({ content }) => content),
]);

type Choice = UpstreamChunk['choices'][number];
type TokenEvent = Extract<engine.GenerateEvent, { type: 'token' }>;

/** How a chunk's text is read; `end` is what is missing when the answer is over. */
interface TextReader {
  push(choice: Choice): string;
  end(): string;
}

/**
 * An OpenAI-compatible engine elsewhere, as the engine of this server. One delta counts as one token; it has no id
 * that a generation could be continued from, so an answer that this process leaves unfinished stays unfinished.
 */
export class UpstreamEngine implements ChatEngine {
  readonly #pool: UpstreamPool;
  readonly #model: string;

  constructor(pool: UpstreamPool, model: string) {
    this.#pool = pool;
    this.#model = model;
  }

  async *generate(request: engine.GenerateRequest): AsyncGenerator<engine.GenerateEvent> {
    const answer = new AnswerText();
    const text = { push: ({ delta }: Choice) => answer.push(delta ?? {}), end: () => answer.end() };
    yield* this.#run('/chat/completions', await chatBody(this.#model, request), request, text);
  }

  async *complete(request: engine.CompletionRequest): AsyncGenerator<engine.GenerateEvent> {
    const text = { push: (choice: Choice) => choice.text ?? '', end: () => '' };
    yield* this.#run('/completions', completionBody(this.#model, request), request, text);
  }

  async tokenize(prompt: string): Promise<readonly number[]> {
    return (await this.#count({ prompt })).tokens ?? [];
  }

  detokenize(ids: readonly number[]): Promise<string> {
    return this.#ask('/detokenize', { tokens: ids }, textReply, 'texts of tokens');
  }

  async countTokens(request: Pick<engine.GenerateRequest, 'messages' | 'tools'>): Promise<number> {
    const { messages, tools } = await chatBody(this.#model, request);
    return (await this.#count({ messages, tools })).count;
  }

  /** The upstream compiles what it needs. */
  prepareConstraint(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#pool.close();
    return Promise.resolve();
  }

  #count(body: object): Promise<z.output<typeof tokensReply>> {
    return this.#ask('/tokenize', body, tokensReply, 'token counts');
  }

  /** Of this server and of engines that have it beside `/v1`. @throws ApiError 501 where an engine has it otherwise */
  async #ask<T>(path: string, body: object, reply: z.ZodType<T>, what: string): Promise<T> {
    for (const at of [path, `/..${path}`]) {
      try {
        const answer = await this.#pool.post(at, { model: this.#model, ...body }, undefined);
        const parsed = reply.safeParse(await new Response(answer.body).json().finally(answer.done));
        if (parsed.success) return parsed.data;
      } catch (error) {
        if (!ApiError.isInstance(error) || error.status !== 404) throw error;
      }
    }
    throw notHere(what);
  }

  async *#run(
    path: string,
    body: object,
    { signal, sampling }: Omit<engine.GenerateRequest, 'messages'>,
    text: TextReader,
  ): AsyncGenerator<engine.GenerateEvent> {
    let index = 0;
    let reason: engine.FinishReason = 'stop';
    let usage: engine.Usage | undefined;
    let begun = false;
    try {
      for await (const chunk of this.#chunks(path, body, signal)) {
        if (!begun) yield { type: 'start', promptTokens: 0, droppedTurns: 0, seed: sampling?.seed ?? 0 };
        begun = true;
        usage = usageOf(chunk) ?? usage;
        const [choice] = chunk.choices;
        if (choice === undefined) continue;
        if (choice.finish_reason === 'length') reason = 'length';
        const events = tokensOf(choice, index, text.push(choice));
        index += events.length;
        yield* events;
      }
    } catch (error) {
      if (signal?.aborted !== true) throw error;
      reason = 'cancelled';
    }
    if (!begun) yield { type: 'start', promptTokens: 0, droppedTurns: 0, seed: sampling?.seed ?? 0 };
    usage ??= { promptTokens: 0, completionTokens: index, cachedTokens: 0 };
    yield { type: 'finish', reason, text: reason === 'cancelled' ? '' : text.end(), usage };
  }

  /** Begins once more where an answer broke before its first chunk: nothing of it was passed on. */
  async *#chunks(path: string, body: object, signal: AbortSignal | undefined): AsyncGenerator<UpstreamChunk> {
    for (let tries = 0; ; tries += 1) {
      const answer = await this.#pool.post(path, body, signal);
      let begun = false;
      try {
        for await (const chunk of read(answer)) {
          begun = true;
          yield chunk;
        }
        return;
      } catch (error) {
        signal?.throwIfAborted();
        const failure = ApiError.isInstance(error) ? error : upstreamFailed(error);
        if (begun || tries > 0 || failure.code !== 'upstream_failed') throw failure;
      }
    }
  }
}

async function* read({ body, done }: BegunAnswer): AsyncGenerator<UpstreamChunk> {
  try {
    yield* readChunks(body);
  } finally {
    done();
  }
}

/** An event for each token that the chunk tells of, its text with the last of them; one where it tells of none. */
function tokensOf({ logprobs }: Choice, from: number, text: string): TokenEvent[] {
  const known = toLogprobs(logprobs);
  if (known.length === 0) return text === '' ? [] : [{ type: 'token', index: from, id: from, text }];
  return known.map((logprob, at) => ({
    type: 'token',
    index: from + at,
    id: from + at,
    text: at === known.length - 1 ? text : '',
    logprob,
  }));
}

function usageOf({ usage }: UpstreamChunk): engine.Usage | undefined {
  if (usage === null || usage === undefined) return undefined;
  const cachedTokens = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens, cachedTokens };
}

function notHere(what: string): ApiError {
  const message = `The engine behind this server does not tell ${what}.`;
  return new ApiError({ status: 501, code: 'not_supported_upstream', message });
}
