import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a {@link FakeHub} does wrong on purpose. */
export interface FakeHubFaults {
  /** Every request needs this token. */
  token?: string;
  /** The next transfer of this file breaks after so many bytes; once. */
  breakAfter?: { file: string; bytes: number };
  /** This file's bytes are sent with one bit turned over. */
  damage?: string;
}

/** A request for a file's bytes, as the hub saw it. */
export interface FileRequest {
  readonly file: string;
  /** First byte that was asked for. */
  readonly from: number;
}

/** A Hugging Face hub on localhost with one model: revision, file tree and ranged downloads. */
export class FakeHub {
  readonly repo: string;
  readonly commit = 'c0ffee'.padEnd(40, '0');
  readonly faults: FakeHubFaults = {};
  /** Transfers so far, the one-byte probes left out. */
  readonly requests: FileRequest[] = [];
  readonly #files: ReadonlyMap<string, Buffer>;
  readonly #server: Server;

  constructor(repo: string, files: ReadonlyMap<string, Buffer>) {
    this.repo = repo;
    this.#files = files;
    this.#server = createServer((request, response) => {
      this.#answer(request, response);
    });
  }

  /** Starts to listen on a free port and returns the endpoint. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://hub');
    if (this.faults.token !== undefined && request.headers.authorization !== `Bearer ${this.faults.token}`) {
      json(response, 401, { error: 'Invalid credentials' });
    } else if (pathname.startsWith(`/api/models/${this.repo}/revision/`)) {
      json(response, 200, {
        _id: '1',
        id: this.repo,
        sha: this.commit,
        lastModified: '2026-01-01T00:00:00Z',
      });
    } else if (pathname.startsWith(`/api/models/${this.repo}/tree/${this.commit}`)) {
      json(response, 200, this.#tree());
    } else if (pathname.startsWith(`/${this.repo}/resolve/${this.commit}/`)) {
      this.#sendFile(pathname.slice(`/${this.repo}/resolve/${this.commit}/`.length), request, response);
    } else {
      response.setHeader('X-Error-Code', 'RepoNotFound');
      json(response, 404, { error: 'Repository not found' });
    }
  }

  #tree(): object[] {
    return [...this.#files].map(([path, data]) => ({
      type: 'file',
      path,
      size: data.length,
      oid: createHash('sha1').update(`blob ${data.length}\0`).update(data).digest('hex'),
      ...(path.endsWith('.safetensors')
        ? {
            lfs: {
              oid: createHash('sha256').update(data).digest('hex'),
              size: data.length,
              pointerSize: 130,
            },
          }
        : {}),
    }));
  }

  #sendFile(file: string, request: IncomingMessage, response: ServerResponse): void {
    const data = this.#files.get(file);
    if (data === undefined) {
      response.setHeader('X-Error-Code', 'EntryNotFound');
      json(response, 404, { error: 'Entry not found' });
      return;
    }
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const from = Number(range?.[1] ?? 0);
    const to = Number(range?.[2] ?? data.length - 1);
    const body = Buffer.from(data.subarray(from, to + 1));
    if (this.faults.damage === file && from === 0) body[0] = (body[0] ?? 0) ^ 1;
    response.writeHead(range ? 206 : 200, {
      ETag: `"${file}"`,
      'Content-Length': body.length,
      ...(range ? { 'Content-Range': `bytes ${from}-${to}/${data.length}` } : {}),
    });
    const isProbe = range !== null && to === 0;
    if (!isProbe) this.requests.push({ file, from });
    const fault = this.faults.breakAfter;
    if (!isProbe && fault?.file === file) {
      delete this.faults.breakAfter;
      response.write(body.subarray(0, fault.bytes), () => response.destroy());
    } else {
      response.end(body);
    }
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
