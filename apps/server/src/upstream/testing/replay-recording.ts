import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/**
 * An engine that answers every request with the same recording (`recordings/NAME.http`: status line, headers, empty
 * line, body, as llama.cpp's server writes them), and `/v1/models` with its own. Bodies arrive in odd pieces.
 */
export async function replayRecording(name: string) {
  const recordings = { '/v1/models': await load('models') };
  const answer = await load(name);
  const requests: ReceivedRequest[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    let body = '';
    for await (const part of request) body += String(part);
    if (path === '/v1/models') await play(response, recordings[path]);
    else {
      requests.push({ path, authorization: request.headers.authorization, body });
      await play(response, answer);
    }
  };
  const server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
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
