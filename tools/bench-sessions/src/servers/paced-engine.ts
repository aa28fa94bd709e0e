/** An engine that gives each answer a word at a steady pace until it is told to finish. Run with `fork`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the engine is told, and what it says. */
export type ToEngine = { readonly everyMs: number } | 'finish';
export interface FromEngine {
  readonly url: string;
}

const common = { id: 'chatcmpl-x', object: 'chat.completion.chunk', created: 1, model: 'paced' };
const answers = new Set<() => void>();
let everyMs = 1000;

const server = createServer((request, response) => {
  if (request.url === '/v1/models') response.end(JSON.stringify({ object: 'list', data: [{ id: 'paced' }] }));
  else answer(request, response);
}).listen(0, '127.0.0.1');

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (chunk: object) => response.write(`data: ${JSON.stringify({ ...common, ...chunk })}\n\n`);
  let count = 0;
  const speak = () => {
    send({ choices: [{ index: 0, delta: { content: ` word${count++}` }, finish_reason: null }] });
  };
  const finish = () => {
    answers.delete(finish);
    clearInterval(pace);
    send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    send({ choices: [], usage: { prompt_tokens: 9, completion_tokens: count, total_tokens: 9 + count } });
    response.end('data: [DONE]\n\n');
  };
  const pace = setInterval(speak, everyMs);
  speak();
  answers.add(finish);
  response.on('close', () => {
    answers.delete(finish);
    clearInterval(pace);
  });
}

process.on('message', (message: ToEngine) => {
  if (message === 'finish') for (const finish of [...answers]) finish();
  else everyMs = message.everyMs;
});

await once(server, 'listening');
const { port } = server.address() as AddressInfo;
process.send?.({ url: `http://127.0.0.1:${port}/v1` } satisfies FromEngine);
