import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../server.js';
import { obedientModel } from '../testing/scripted-answers.js';
import { startTestServer } from '../testing/start-test-server.js';
import { validatingFetch } from '../testing/validating-fetch.js';

let server: RunningServer;

beforeAll(async () => {
  server = await startTestServer({ MAX_BODY_BYTES: '20000' }, obedientModel().loadModel);
});

afterAll(async () => {
  const health = (await (await fetch(`${server.url}/health`)).json()) as { modelReady: boolean };
  expect(health.modelReady).toBe(true);
  await server.close();
});

const messages = [{ role: 'user', content: 'hi' }];

/** Values that no numeric, text, list or object parameter takes. */
const wrong: Readonly<Record<string, readonly unknown[]>> = {
  model: [5, [], {}, true, ''],
  messages: ['hi', {}, 5, [], [5], [{}], [{ role: 'user' }], [{ role: 'user', content: [] }]],
  max_tokens: [0, -1, 1.5, '10', true],
  max_completion_tokens: [0, -5, 0.5, 'ten'],
  temperature: [-0.1, 2.1, 'hot', [], Number.MAX_VALUE],
  top_p: [0, 1.1, -1, '1'],
  top_k: [-1, 1.5, 'a'],
  min_p: [-0.1, 1.1, {}],
  presence_penalty: [-2.1, 2.1, '0'],
  frequency_penalty: [-3, 3, []],
  repetition_penalty: [0, -1, 'x'],
  seed: [1.5, 'seed', 2 ** 60],
  stop: [5, [5], '', Array.from({ length: 20 }, () => 'x'), {}],
  n: [0, 17, 1.5, '2'],
  logit_bias: [[], { a: 1 }, { 5: 101 }, { 5: 'x' }],
  logprobs: ['yes', 1],
  stream: ['true', 1],
  stream_options: [true, { include_usage: 'x' }, { frobnicate: true }],
  user: [5, {}],
  tools: [{}, [5], [{ type: 'retrieval' }], [{ type: 'function', function: { name: 'a b' } }]],
  tool_choice: ['auto', 'sometimes', { type: 'function', function: { name: 'nobody' } }],
  parallel_tool_calls: [true, 'x'],
  response_format: ['json', { type: 'xml' }, { type: 'json_schema' }],
  structured_outputs: [{}, { choice: [] }, { regex: 'a' }, { choice: ['a'], grammar: 'b' }],
  reasoning_effort: ['huge', 5],
  thinking_budget: [-1, 1.5, 'x'],
  metadata: [{ a: 5 }, [], 'x'],
  session_id: ['', '../../etc', 'a'.repeat(200), 'ü', 5],
  modalities: [['audio'], 'text'],
};

const requests = Object.entries(wrong).flatMap(([param, values]) =>
  values.map((value) => [param, value] as const),
);

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) {
  const response = await validatingFetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body,
  });
  return { status: response.status, body: (await response.json()) as { error: { param: string | null } } };
}

describe('bad input', () => {
  it('is tried in at least a hundred ways', () => {
    expect(requests.length).toBeGreaterThanOrEqual(100);
  });

  it.each(requests)('is refused with 400 that names it: %s = %j', async (param, value) => {
    const { status, body } = await post(JSON.stringify({ model: 'default', messages, [param]: value }));
    expect(status).toBe(400);
    expect(body.error.param).toMatch(new RegExp(`^${param}`));
  });

  it.each([
    ['no JSON', 'hello', 400],
    ['truncated JSON', '{"model": "default", "messages": [', 400],
    ['a list', '[]', 400],
    ['nothing', '', 400],
    ['null', 'null', 400],
    ['broken UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 400],
    ['UTF-16', Uint8Array.from(Buffer.from('{"model":"x"}', 'utf16le')), 400],
    ['too much', JSON.stringify('x'.repeat(30_000)), 413],
    ['too deep a nesting', '['.repeat(5000) + ']'.repeat(5000), 400],
  ])('is refused as a body: %s', async (_name, body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp'])(
    'is refused by its content type: %s',
    async (type) => {
      expect((await post('{}', { 'content-type': type })).status).toBe(415);
    },
  );

  it.each([
    'data:image/png;base64,AAAA',
    'data:image/png;base64,',
    'http://127.0.0.1:1/x.png',
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    '/etc/passwd',
    'ftp://host.example/x.png',
  ])('is refused as a picture, with its place: %s', async (url) => {
    const content = [{ type: 'image_url', image_url: { url } }];
    const { status, body } = await post(
      JSON.stringify({ model: 'default', messages: [{ role: 'user', content }] }),
    );
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body.error.param).toBe('messages[0].content[0]');
  });

  it('does no harm when the connection ends in the middle of a body', async () => {
    const { hostname, port } = new URL(server.url);
    for (let count = 0; count < 20; count += 1) {
      await new Promise<void>((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n');
          socket.write('Content-Length: 5000\r\n\r\n{"model": "def', () => socket.destroy());
        });
        socket.once('close', () => {
          resolve();
        });
        socket.once('error', reject);
      });
    }
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });
});
