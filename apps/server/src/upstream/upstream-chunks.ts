import { ApiError } from '@qwenvl/openai';
import { createParser } from 'eventsource-parser';
import { z } from 'zod';
import { logprobsSchema } from './upstream-logprobs.js';

const call = z.object({
  index: z.int().default(0),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});

const usage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int().default(0),
  prompt_tokens_details: z.object({ cached_tokens: z.int().nullish() }).nullish(),
});

// Characters of one event; far more than any chunk has.
const maxEventLength = 16 * 1024 * 1024;

/** One chunk of a chat (`delta`) or of a plain completion (`text`), as far as it is used; engines add fields of their own. */
const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        text: z.string().nullish(),
        delta: z
          .object({
            content: z.string().nullish(),
            // llama-server, SGLang and older vLLM; newer vLLM and Ollama.
            reasoning_content: z.string().nullish(),
            reasoning: z.string().nullish(),
            tool_calls: z.array(call).nullish(),
          })
          .nullish(),
        logprobs: logprobsSchema.nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: usage.nullish(),
});

/** A chunk of an upstream's answer. */
export type UpstreamChunk = z.output<typeof chunkSchema>;

// llama-server's errors carry a numeric code.
const errorSchema = z.object({
  error: z.object({
    message: z.string(),
    type: z.string().nullish(),
    code: z.union([z.string(), z.number()]).nullish(),
    param: z.string().nullish(),
  }),
});

/** An upstream's refusal or failure in the API's words: its own message, under its own status where it has one. */
export function upstreamError(body: unknown, status: number, retryAfterSeconds?: number): ApiError {
  const parsed = errorSchema.safeParse(body);
  const error = parsed.data?.error;
  return new ApiError({
    status,
    code: typeof error?.code === 'string' ? error.code : 'upstream_error',
    message: error?.message ?? `The engine behind this server answered with status ${status}.`,
    param: error?.param ?? undefined,
    retryAfterSeconds,
  });
}

/** An error in mid-stream has no status line: its type, or llama-server's numeric code, says whose fault it is. */
function statusInStream({ type, code }: z.output<typeof errorSchema>['error']): number {
  if (typeof code === 'number' && code >= 400 && code < 600) return code;
  if (type === 'invalid_request_error') return 400;
  return type === 'rate_limit_error' ? 429 : 502;
}

/** The engine behind this server cannot be reached, or broke off. */
export function upstreamFailed(cause: unknown): ApiError {
  const message = 'The engine behind this server broke off; ask again.';
  return new ApiError({ status: 502, code: 'upstream_failed', message, retryAfterSeconds: 2, cause });
}

/**
 * The chunks of a streamed answer, until `[DONE]`.
 * @throws ApiError for an error in mid-stream, a chunk that is none, and a stream that ends early
 */
export async function* readChunks(body: ReadableStream<Uint8Array>): AsyncGenerator<UpstreamChunk> {
  for await (const data of readEvents(body)) {
    if (data === '[DONE]') return;
    const value: unknown = parseJson(data);
    const failure = errorSchema.safeParse(value).data?.error;
    if (failure !== undefined) throw upstreamError(value, statusInStream(failure));
    const chunk = chunkSchema.safeParse(value);
    if (!chunk.success) throw upstreamFailed(chunk.error);
    yield chunk.data;
  }
  throw upstreamFailed(new Error('the stream ended without [DONE]'));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw upstreamFailed(error);
  }
}

/** The data of each server-sent event. */
async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const found: string[] = [];
  const parser = createParser({
    onEvent: ({ data }) => found.push(data),
    // Older versions of llama-server send an error as a field of its own.
    onError: ({ field, value }) => {
      if (field === 'error') found.push(`{"error":${value ?? 'null'}}`);
    },
    maxBufferSize: maxEventLength,
  });
  const decoder = new TextDecoder();
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    yield* found.splice(0);
  }
}
