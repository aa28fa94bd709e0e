import type { ServerResponse } from 'node:http';
import { bodyOf, serveEngine } from './serve-engine.js';

/** What the fake answers to one request: chunks of a stream, and how it ends. */
export interface LlamaAnswer {
  readonly status?: number;
  readonly error?: { readonly code: number; readonly message: string; readonly type: string };
  readonly deltas?: readonly object[];
  readonly finish?: string;
  /** Cuts the connection instead of finishing. */
  readonly breaks?: boolean;
}

/** The HTTP face of llama.cpp's server as its documentation describes it, answering as it is told. */
export async function startLlamaServer(answer: (body: Record<string, unknown>) => LlamaAnswer) {
  const requests: Record<string, unknown>[] = [];
  const served = await serveEngine(async (request, response) => {
    if (request.url === '/v1/models') {
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'model.gguf', object: 'model' }] }));
      return;
    }
    const body = JSON.parse(await bodyOf(request)) as Record<string, unknown>;
    requests.push(body);
    await reply(response, answer(body));
  });
  return { ...served, requests };
}

async function reply(response: ServerResponse, answer: LlamaAnswer): Promise<void> {
  const { status = 200, error, deltas = [], finish = 'stop', breaks = false } = answer;
  if (status !== 200) {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const common = { created: 1, id: 'chatcmpl-x', model: 'model.gguf', object: 'chat.completion.chunk' };
  const send = (data: object) => response.write(`data: ${JSON.stringify(data)}\n\n`);
  const choice = (delta: object, finish_reason: string | null) =>
    send({ choices: [{ finish_reason, index: 0, delta }], ...common, system_fingerprint: 'b1-x' });
  if (!breaks || deltas.length > 0) choice({ role: 'assistant', content: null }, null);
  else response.flushHeaders();
  for (const delta of deltas) choice(delta, null);
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (error !== undefined) response.write(`data: ${JSON.stringify({ error })}\n\n`);
  if (breaks) {
    response.destroy();
    return;
  }
  choice({}, finish);
  const usage = { completion_tokens: deltas.length, prompt_tokens: 12, total_tokens: 12 + deltas.length };
  send({ choices: [], ...common, usage, timings: { prompt_n: 12, predicted_n: deltas.length } });
  response.end('data: [DONE]\n\n');
}
