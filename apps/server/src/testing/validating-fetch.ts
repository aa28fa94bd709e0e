import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { officialProblem, type OfficialSchema } from './official-document.js';

const path = new URL('../../../../libs/openai/fixtures/openai.schema.json', import.meta.url);
const ajv = new Ajv({ strict: false }).addSchema(JSON.parse(readFileSync(path, 'utf8')) as object, 'openai');

/** A type of OpenAI's own client, and what its document calls the same. */
const kinds = {
  ChatCompletion: 'CreateChatCompletionResponse',
  ChatCompletionChunk: 'CreateChatCompletionStreamResponse',
  Completion: 'CreateCompletionResponse',
  Model: 'Model',
} as const satisfies Record<string, OfficialSchema>;

function expectOfficial(name: OfficialSchema, value: unknown): void {
  const problem = officialProblem(name, value);
  if (problem !== undefined) throw new Error(`Not a ${name}: ${problem} in ${JSON.stringify(value)}`);
}

function expectValid(kind: keyof typeof kinds | 'ErrorObject', value: unknown): void {
  if (kind !== 'ErrorObject') expectOfficial(kinds[kind], withoutExtensions(value));
  if (ajv.validate(`openai#/definitions/${kind}`, value)) return;
  throw new Error(`Not a ${kind}: ${ajv.errorsText()} in ${JSON.stringify(value)}`);
}

function expectError(body: { readonly error?: unknown }): void {
  expectOfficial('ErrorResponse', body);
  expectValid('ErrorObject', body.error);
}

/** What this server sends beyond the document; the README of `@qwenvl/openai` says what each is. */
const extensions = new Set(['reasoning_content', 'cancelled', 'dropped_turns']);

function withoutExtensions(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, part: unknown) =>
    extensions.has(name) ? undefined : part,
  );
}

function checkBody(url: string, text: string, type: string): void {
  if (type.startsWith('text/event-stream')) {
    for (const [, data = ''] of text.matchAll(/^data: (.*)$/gm))
      if (data !== '[DONE]') checkChunk(JSON.parse(data));
    return;
  }
  const value = JSON.parse(text) as { error?: unknown };
  const { pathname } = new URL(url);
  if (value.error !== undefined) expectError(value);
  else if (pathname === '/v1/models') expectOfficial('ListModelsResponse', value);
  else if (pathname.startsWith('/v1/models/')) expectValid('Model', value);
  else if (pathname.endsWith('/chat/completions')) expectValid('ChatCompletion', value);
  else if (pathname.endsWith('/completions')) expectValid('Completion', value);
}

function checkChunk(value: unknown): void {
  const { error, object } = value as { error?: unknown; object?: unknown };
  if (error !== undefined) expectError({ error });
  else if (object === 'text_completion') expectValid('Completion', finished(value as Completion));
  else expectValid('ChatCompletionChunk', value);
}

/** OpenAI describes no chunks of plain completions: they are wholes whose reason and usage are null until the end. */
function finished({ usage, ...chunk }: Completion): object {
  const choices = chunk.choices.map((choice) => ({
    ...choice,
    finish_reason: choice.finish_reason ?? 'stop',
  }));
  return { ...chunk, choices, ...(usage === null ? {} : { usage }) };
}

interface Completion {
  readonly choices: readonly { readonly finish_reason: string | null }[];
  readonly usage?: object | null;
}

/**
 * `fetch` that fails where an answer, a chunk or an error is not what OpenAI's document and the types of its own
 * client say.
 */
export const validatingFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const url = input instanceof Request ? input.url : input.toString();
  const copy = response.clone();
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('text/event-stream')) {
    checkBody(url, await copy.text(), type);
    return response;
  }
  const check = new TransformStream<Uint8Array, Uint8Array>({
    flush: async (controller) => {
      try {
        checkBody(url, await copy.text(), type);
      } catch (error) {
        controller.error(error);
      }
    },
  });
  return new Response(response.body?.pipeThrough(check), response);
};
