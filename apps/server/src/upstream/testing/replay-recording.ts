import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { bodyOf, serveEngine } from './serve-engine.js';

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/**
 * An engine that answers every request with the same recording (`recordings/NAME.http`: status line, headers, empty
 * line, body; `record-engine.ts` writes them from a real one), and `/v1/models` with its own. Bodies arrive in odd pieces.
 */
export async function replayRecording(name: string) {
  const models = await load('models');
  const answer = await load(name);
  const requests: ReceivedRequest[] = [];
  const served = await serveEngine(async (request, response) => {
    const { url: path = '', headers } = request;
    const body = await bodyOf(request);
    if (path !== '/v1/models') requests.push({ path, authorization: headers.authorization, body });
    await play(response, path === '/v1/models' ? models : answer);
  });
  return { ...served, requests };
}

interface Recording {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

async function load(name: string): Promise<Recording> {
  const text = await readFile(new URL(`./recordings/${name}.http`, import.meta.url), 'utf8');
  const end = text.indexOf('\n\n');
  const [status = '', ...headers] = text.slice(0, end).split('\n');
  return {
    status: Number(status.split(' ')[1]),
    headers: Object.fromEntries(headers.map((line) => line.split(': ') as [string, string])),
    body: Buffer.from(text.slice(end + 2)),
  };
}

const pieceBytes = 37;

async function play(response: ServerResponse, { status, headers, body }: Recording): Promise<void> {
  response.writeHead(status, headers);
  for (let at = 0; at < body.length; at += pieceBytes) {
    response.write(body.subarray(at, at + pieceBytes));
    await new Promise(setImmediate);
  }
  response.end();
}
