import { detokenizeRequestSchema, parseRequest, tokenizeRequestSchema } from '@qwenvl/openai';
import { toApiError } from '../chat/engine-error.js';
import { toEngineMessages } from '../chat/engine-messages.js';
import { toToolDefinition } from '../chat/engine-request.js';
import type { MediaResolver } from '../chat/media-resolver.js';
import type { RegisterRoutes } from '../http/app-env.js';
import { readJson } from '../http/read-json.js';
import type { ModelHost } from '../model/model-host.js';

/**
 * `POST /v1/tokenize`: the tokens of a text, or the length of the prompt that a conversation makes;
 * `POST /v1/detokenize`: the text of tokens.
 */
export function tokenizeRoute(host: ModelHost, resolveMedia: MediaResolver): RegisterRoutes {
  return (app) => {
    app.post('/v1/tokenize', async (context) => {
      const request = parseRequest(tokenizeRequestSchema, await readJson(context));
      const { engine, profile } = await host.ready(context.req.raw.signal);
      const limits = { max_model_len: profile.contextTokens };
      try {
        if ('prompt' in request) {
          const tokens = await engine.tokenize(request.prompt);
          return context.json({ count: tokens.length, ...limits, tokens });
        }
        const messages = await toEngineMessages(request.messages, resolveMedia, context.req.raw.signal);
        const count = await engine.countTokens({ messages, tools: request.tools?.map(toToolDefinition) });
        return context.json({ count, ...limits });
      } catch (error) {
        throw toApiError(error);
      }
    });

    app.post('/v1/detokenize', async (context) => {
      const { tokens } = parseRequest(detokenizeRequestSchema, await readJson(context));
      const { engine } = await host.ready(context.req.raw.signal);
      try {
        return context.json({ prompt: await engine.detokenize(tokens) });
      } catch (error) {
        throw toApiError(error);
      }
    });
  };
}
