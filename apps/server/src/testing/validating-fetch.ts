import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { officialCheck } from './official-document.js';

const path = new URL('../../../../libs/openai/fixtures/openai.schema.json', import.meta.url);
const ajv = new Ajv({ strict: false }).addSchema(JSON.parse(readFileSync(path, 'utf8')) as object, 'openai');

type Definition = 'ChatCompletion' | 'ChatCompletionChunk' | 'Completion' | 'ErrorObject';

const official = officialCheck();
/** The same in OpenAI's own document. */
const officialNames = {
  ChatCompletion: 'CreateChatCompletionResponse',
  ChatCompletionChunk: 'CreateChatCompletionStreamResponse',
  Completion: 'CreateCompletionResponse',
  ErrorObject: 'Error',
} as const;

function expectValid(definition: Definition, value: unknown): void {
  const problem = official?.(officialNames[definition], value);
  if (problem !== undefined)
    throw new Error(`Not a ${officialNames[definition]}: ${problem} in ${JSON.stringify(value)}`);
  if (ajv.validate(`openai#/definitions/${definition}`, value)) return;
  throw new Error(`Not a ${definition}: ${ajv.errorsText()} in ${JSON.stringify(value)}`);
}

function checkBody(url: string, text: string, type: string): void {
  if (type.startsWith('text/event-stream')) {
    for (const [, data = ''] of text.matchAll(/^data: (.*)$/gm))
      if (data !== '[DONE]') checkChunk(JSON.parse(data));
    return;
  }
  const value = JSON.parse(text) as { error?: unknown };
  if (value.error !== undefined) expectValid('ErrorObject', value.error);
  else if (url.endsWith('/chat/completions')) expectValid('ChatCompletion', value);
  else if (url.endsWith('/completions')) expectValid('Completion', value);
}

function checkChunk(value: unknown): void {
  const { error, object } = value as { error?: unknown; object?: unknown };
  if (error !== undefined) expectValid('ErrorObject', error);
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

/** `fetch` that fails where an answer, a chunk or an error is not what OpenAI's own client expects by its types. */
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
