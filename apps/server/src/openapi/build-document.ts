import {
  chatCompletionChunkSchema,
  chatCompletionSchema,
  chatRequestSchema,
  completionChunkSchema,
  completionRequestSchema,
  completionSchema,
  detokenizeRequestSchema,
  errorBodySchema,
  tokenizeRequestSchema,
} from '@qwenvl/openai';
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

/** What a request may be: before defaults and normal forms. */
function requestSchema(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'openapi-3.0' });
}

function responseSchema(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, { unrepresentable: 'any', target: 'openapi-3.0' });
}

function json(schema: Json, description: string): Json {
  return { description, content: { 'application/json': { schema } } };
}

const error = json({ $ref: '#/components/schemas/Error' }, 'What went wrong, in OpenAI’s body shape');
const sessionId = { name: 'session_id', in: 'path', required: true, schema: { type: 'string' } };
const cursor = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'Id of the last event that was read; what follows it is sent.',
  schema: { type: 'string' },
};

function body(schema: Json, example: Json): Json {
  return { required: true, content: { 'application/json': { schema, example } } };
}

const chatExample = {
  model: 'default',
  messages: [{ role: 'user', content: 'What can you do?' }],
  stream: true,
};

const completionExample = { model: 'default', prompt: 'Once upon a time', max_tokens: 32 };

/** The OpenAPI document of this server, made of the schemas that check its requests. */
export function buildDocument(): Json {
  const chunks = { schema: { $ref: '#/components/schemas/ChatCompletionChunk' } };
  const answer = { schema: { $ref: '#/components/schemas/ChatCompletion' } };
  const stream = { description: 'Events', content: { 'text/event-stream': chunks } };
  const session = json({ type: 'object' }, 'Where the session stands');
  return {
    openapi: '3.0.3',
    info: { title: 'qwenvl', version: '0.1.0', description: 'Qwen3-VL behind the API of OpenAI.' },
    security: [{}, { key: [] }],
    paths: {
      '/v1/chat/completions': {
        post: {
          summary: 'Answer a conversation, plain or streamed',
          parameters: [cursor],
          requestBody: body(requestSchema(chatRequestSchema), chatExample),
          responses: {
            200: {
              description: 'The answer',
              content: { 'application/json': answer, 'text/event-stream': chunks },
            },
            default: error,
          },
        },
      },
      '/v1/completions': {
        post: {
          summary: 'Go on with a raw text, plain or streamed',
          parameters: [cursor],
          requestBody: body(requestSchema(completionRequestSchema), completionExample),
          responses: {
            200: {
              description: 'The answer',
              content: {
                'application/json': { schema: { $ref: '#/components/schemas/Completion' } },
                'text/event-stream': { schema: { $ref: '#/components/schemas/CompletionChunk' } },
              },
            },
            default: error,
          },
        },
      },
      '/v1/models': {
        get: {
          summary: 'The model of this server',
          responses: { 200: json({ type: 'object' }, 'A list of one') },
        },
      },
      '/v1/tokenize': {
        post: {
          summary: 'Tokens of a text, or length of a conversation’s prompt',
          requestBody: body(requestSchema(tokenizeRequestSchema), { prompt: 'Hello' }),
          responses: {
            200: json({ type: 'object' }, 'count, max_model_len and, for a text, tokens'),
            default: error,
          },
        },
      },
      '/v1/detokenize': {
        post: {
          summary: 'Text of tokens',
          requestBody: body(requestSchema(detokenizeRequestSchema), { tokens: [9707] }),
          responses: { 200: json({ type: 'object' }, 'prompt: the text'), default: error },
        },
      },
      '/v1/sessions/{session_id}/events': {
        get: {
          summary: 'Read a stream again, or go on with it',
          parameters: [sessionId, cursor],
          responses: { 200: stream, default: error },
        },
      },
      '/v1/sessions/{session_id}': {
        get: {
          summary: 'Where a session stands',
          parameters: [sessionId],
          responses: { 200: session, default: error },
        },
        delete: {
          summary: 'Forget a session',
          parameters: [sessionId],
          responses: { 204: { description: 'Gone' }, default: error },
        },
      },
      '/v1/cancel/{session_id}': {
        post: {
          summary: 'Stop an answer',
          parameters: [sessionId],
          responses: { 200: session, default: error },
        },
      },
      '/ktp-ocr': {
        post: {
          summary: 'Read an Indonesian identity card',
          requestBody: {
            required: true,
            content: {
              'multipart/form-data': {
                schema: {
                  type: 'object',
                  properties: { image: { type: 'string', format: 'binary' } },
                  required: ['image'],
                },
              },
            },
          },
          responses: {
            200: json({ type: 'object' }, 'The fields, and how far each can be trusted'),
            default: error,
          },
        },
      },
      '/health': {
        get: {
          summary: 'Where the server stands',
          security: [],
          responses: { 200: json({ type: 'object' }, 'ok, modelReady, modelId, error, context, loading') },
        },
      },
    },
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: {
        ChatCompletion: responseSchema(chatCompletionSchema),
        ChatCompletionChunk: responseSchema(chatCompletionChunkSchema),
        Completion: responseSchema(completionSchema),
        CompletionChunk: responseSchema(completionChunkSchema),
        Error: responseSchema(errorBodySchema),
      },
    },
  };
}
