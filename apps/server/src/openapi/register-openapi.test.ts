import { Hono } from 'hono';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { AppEnv } from '../http/app-env.js';
import { registerOpenApi } from './register-openapi.js';

const app = new Hono<AppEnv>();
registerOpenApi(app);

interface Document {
  paths: Record<
    string,
    { post?: { requestBody: { content: Record<string, { schema: { properties: object } }> } } }
  >;
}

describe('the OpenAPI document', () => {
  it('is the same as JSON and as YAML', async () => {
    const json: unknown = await (await app.request('/openapi.json')).json();
    const yaml: unknown = parse(await (await app.request('/openapi.yaml')).text());
    expect(yaml).toEqual(json);
  });

  it('knows every parameter of a chat completion', async () => {
    const document = (await (await app.request('/openapi.json')).json()) as Document;
    const schema =
      document.paths['/v1/chat/completions']?.post?.requestBody.content['application/json']?.schema;
    const names = Object.keys(schema?.properties ?? {});
    for (const name of [
      'messages',
      'tools',
      'response_format',
      'session_id',
      'thinking_budget',
      'logit_bias',
    ])
      expect(names).toContain(name);
  });

  it('can be tried on a page whose files come from this server', async () => {
    const response = await app.request('/docs');
    const html = await response.text();
    for (const [, path = ''] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect(path).toMatch(/^\//);
      if (path.startsWith('/docs/')) expect((await app.request(path)).status).toBe(200);
    }
  });
});
