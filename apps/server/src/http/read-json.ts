import { ApiError, invalidRequest } from '@qwenvl/openai';
import type { Context } from 'hono';

/**
 * The request's body as JSON.
 *
 * @throws ApiError 415 for another content type, 400 for a body that is not UTF-8 or not JSON.
 */
export async function readJson(context: Context): Promise<unknown> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/(.*\+)?json\s*(;|$)/i.test(type)) {
    const message = 'The content type must be application/json.';
    throw new ApiError({ status: 415, code: 'unsupported_content_type', message });
  }
  const bytes = await context.req.arrayBuffer();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'is not valid JSON' : 'is not valid UTF-8';
    throw invalidRequest(`The request body ${reason}.`, undefined, 'invalid_json');
  }
}
