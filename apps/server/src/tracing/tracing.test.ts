import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedEngine, scriptedModel } from '../testing/scripted-engine.js';
import { startTestServer, untilReady } from '../testing/start-test-server.js';
import { openTracing } from './tracing.js';

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A collector that keeps what it is sent. */
async function collector() {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      ),
  );
  const spans = (): SentSpan[] =>
    bodies.flatMap((body) => {
      const sent = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] };
      return sent.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans: some }) => some));
    });
  return { bodies, spans, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const traceId = '0af7651916cd43dd8448eb211c80319c';
const picture =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('tracing', () => {
  it('follows a request from its caller through queue, media, prefill and decode, and tells nothing of it', async () => {
    const { bodies, spans, url } = await collector();
    const engine = new ScriptedEngine(() => ({ pieces: ['secret', ' answer'] }));
    const server = await startTestServer({ OTEL_EXPORTER_OTLP_ENDPOINT: url }, () =>
      Promise.resolve(scriptedModel(engine)),
    );
    await untilReady(server.url);
    const content = [
      { type: 'text', text: 'a private question' },
      { type: 'image_url', image_url: { url: picture } },
    ];
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
      body: JSON.stringify({ model: 'default', messages: [{ role: 'user', content }] }),
    });
    expect(response.status).toBe(200);
    await response.text();
    await server.close();
    const own = spans().filter((span) => span.traceId === traceId);
    const request = own.find(({ name }) => name === 'POST /v1/chat/completions');
    expect(request?.parentSpanId).toBe('b7ad6b7169203331');
    const children = own.filter(({ parentSpanId }) => parentSpanId === request?.spanId);
    expect(children.map(({ name }) => name).sort()).toEqual(['decode', 'media', 'prefill', 'queue']);
    const values = Object.fromEntries(
      children.flatMap(({ attributes }) => attributes.map(({ key, value }) => [key, value])),
    );
    expect(values).toMatchObject({
      'gen_ai.usage.input_tokens': { intValue: 5 },
      'gen_ai.usage.output_tokens': { intValue: 2 },
    });
    expect(bodies.join('')).not.toMatch(/secret|private|iVBOR/);
  });

  it('is not there at all without an endpoint', async () => {
    expect(await openTracing({ endpoint: undefined, serviceName: 'qwenvl' })).toBeUndefined();
  });
});
