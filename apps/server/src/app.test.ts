import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type AppOptions, createApp } from './app.js';
import { readJson } from './http/read-json.js';
import { type LoadModel, ModelHost } from './model/model-host.js';

const untilNever: LoadModel = () => new Promise(() => undefined);

function makeApp(options: Partial<AppOptions> = {}) {
  return createApp({
    host: new ModelHost('tiny', untilNever),
    context: { maxTokens: undefined, safetyMargin: 0, autoCompression: true },
    log: pino({ level: 'silent' }),
    apiKeys: [],
    corsOrigins: [],
    maxBodyBytes: 1000,
    created: 1,
    routes: [
      (app) => {
        app.post('/v1/echo', async (c) => c.json(await readJson(c)));
        app.get('/v1/broken', () => {
          throw new TypeError('secret prompt');
        });
      },
    ],
    ...options,
  });
}

const json = { 'content-type': 'application/json' };

describe('createApp', () => {
  it('names the request on every answer and takes a name from the client', async () => {
    const app = makeApp();
    expect((await app.request('/health')).headers.get('x-request-id')).toMatch(/^req_/);
    const named = await app.request('/nowhere', { headers: { 'x-request-id': 'mine' } });
    expect(named.headers.get('x-request-id')).toBe('mine');
  });

  it('answers unknown routes in the error body shape', async () => {
    const response = await makeApp().request('/v2/x');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'not_found' },
    });
  });

  it('hides what went wrong inside, from the client and from the log', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
    const response = await makeApp({ log }).request('/v1/broken');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(lines.join()).toContain('TypeError');
    expect(lines.join()).not.toContain('secret');
  });

  it.each([
    ['another content type', { 'content-type': 'text/plain' }, '{}', 415],
    ['no content type', {}, '{}', 415],
    ['truncated JSON', json, '{"a":', 400],
    ['bytes that are not UTF-8', json, new Uint8Array([0x22, 0xff, 0x22]), 400],
    ['a large body', json, JSON.stringify('x'.repeat(2000)), 413],
  ])('refuses %s', async (_name, headers, body, status) => {
    const response = await makeApp().request('/v1/echo', { method: 'POST', headers, body });
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('error.message');
  });

  it('asks for a key where keys are configured, except for health', async () => {
    const sha256 = createHash('sha256').update('sk-right').digest('hex');
    const app = makeApp({ apiKeys: [{ name: 'ani', sha256 }] });
    const status = async (path: string, authorization?: string) =>
      (await app.request(path, authorization === undefined ? {} : { headers: { authorization } })).status;
    expect(await status('/health')).toBe(200);
    expect(await status('/v1/models')).toBe(401);
    expect(await status('/v1/models', 'Bearer sk-wrong')).toBe(401);
    expect(await status('/v1/models', 'sk-right')).toBe(401);
    expect(await status('/v1/models', 'Bearer sk-right')).toBe(200);
  });

  it('lets configured origins in, with Last-Event-ID', async () => {
    const app = makeApp({ corsOrigins: ['https://chat.example'] });
    const preflight = (origin: string) =>
      app.request('/v1/echo', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'last-event-id,x-stainless-os',
        },
      });
    const good = await preflight('https://chat.example');
    expect(good.headers.get('access-control-allow-origin')).toBe('https://chat.example');
    expect(good.headers.get('access-control-allow-headers')).toMatch(/last-event-id,x-stainless-os/i);
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('says which methods a path takes, where it is asked with another', async () => {
    const app = makeApp();
    const wrong = await app.request('/v1/models', { method: 'POST' });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('GET');
    expect(await wrong.json()).toMatchObject({ error: { code: 'method_not_allowed' } });
    expect((await app.request('/v1/models/org/tiny', { method: 'PUT' })).status).toBe(405);
    expect((await app.request('/v1/nothing', { method: 'PUT' })).status).toBe(404);
  });

  it('sends security headers', async () => {
    const { headers } = await makeApp().request('/health');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('lists its model, whose id may hold a slash', async () => {
    const app = makeApp({ host: new ModelHost('org/tiny', untilNever) });
    expect(await (await app.request('/v1/models')).json()).toMatchObject({ data: [{ id: 'org/tiny' }] });
    expect((await app.request('/v1/models/org/tiny')).status).toBe(200);
    expect((await app.request('/v1/models/org%2Ftiny')).status).toBe(200);
    expect((await app.request('/v1/models/other')).status).toBe(404);
  });
});

describe('/health', () => {
  it('shows loading, readiness and failure', async () => {
    const progress = { stage: 'download', done: 1, total: 2 };
    let fail: (error: Error) => void = () => undefined;
    const host = new ModelHost('tiny', (onProgress) => {
      onProgress(progress);
      return new Promise((_resolve, reject) => {
        fail = reject;
      });
    });
    const app = makeApp({ host });
    const health = async () => (await app.request('/health')).json();
    expect(await health()).toMatchObject({ ok: true, modelReady: false, modelId: 'tiny', error: null });
    expect((await app.request('/health/ready')).status).toBe(503);
    const loaded = host.load();
    expect(await health()).toMatchObject({ loading: progress });
    fail(new Error('no such folder'));
    await loaded;
    expect(await health()).toMatchObject({
      ok: false,
      modelReady: false,
      error: 'no such folder',
      loading: null,
    });
    expect((await app.request('/health/live')).status).toBe(200);
  });
});
