import { ApiError } from '@qwenvl/openai';
import { z } from 'zod';
import { upstreamError, upstreamFailed } from './upstream-chunks.js';

/** One engine behind this server. */
interface Upstream {
  readonly url: string;
  active: number;
  isHealthy: boolean;
}

/** Where engines are, and how they are watched. */
export interface UpstreamPoolOptions {
  /** Base addresses, with `/v1` where the engine has it. */
  readonly urls: readonly string[];
  readonly apiKey?: string | undefined;
  /** Time between two health checks in milliseconds; default 10,000. */
  readonly checkEveryMs?: number | undefined;
}

const checkTimeoutMs = 3000;
const models = z.object({ data: z.array(z.object({ id: z.string() })).min(1) });
// Refusals of one engine that another one may not share.
const elsewhere = new Set([429, 502, 503, 504]);

/** An answer that has begun; `done` frees its place. */
export interface BegunAnswer {
  readonly body: ReadableStream<Uint8Array>;
  readonly done: () => void;
}

/** The engines behind this server: each request goes to the healthy one with the fewest answers under way. */
export class UpstreamPool {
  readonly #upstreams: readonly Upstream[];
  readonly #headers: Readonly<Record<string, string>>;
  readonly #checks: NodeJS.Timeout;

  constructor({ urls, apiKey, checkEveryMs = 10_000 }: UpstreamPoolOptions) {
    this.#upstreams = urls.map((url) => ({ url: url.replace(/\/+$/, ''), active: 0, isHealthy: true }));
    this.#headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    this.#checks = setInterval(() => void this.#checkAll(), checkEveryMs).unref();
  }

  /** The name of the first model that an engine serves. @throws ApiError 502 where none answers */
  async firstModel(): Promise<string> {
    const found = await this.#checkAll();
    const first = found.find((model) => model !== undefined);
    if (first === undefined) throw upstreamFailed(new Error('no engine answered /models'));
    return first;
  }

  /**
   * Sends a request; where an engine cannot be reached or is full the next one gets it, each once.
   * @throws ApiError the last one's refusal
   */
  async post(path: string, body: object, signal: AbortSignal | undefined): Promise<BegunAnswer> {
    let last: unknown;
    for (const upstream of this.#byLoad()) {
      upstream.active += 1;
      const done = once(() => (upstream.active -= 1));
      try {
        return { body: await this.#begin(upstream, path, body, signal), done };
      } catch (error) {
        done();
        signal?.throwIfAborted();
        last = error;
        if (!ApiError.isInstance(error) || !elsewhere.has(error.status)) throw error;
      }
    }
    throw last;
  }

  close(): void {
    clearInterval(this.#checks);
  }

  /** Those that failed their last check come last: they may be back. */
  #byLoad(): Upstream[] {
    const weight = ({ isHealthy, active }: Upstream) => active + (isHealthy ? 0 : 1e9);
    return [...this.#upstreams].sort((a, b) => weight(a) - weight(b));
  }

  async #begin(
    upstream: Upstream,
    path: string,
    body: object,
    signal: AbortSignal | undefined,
  ): Promise<ReadableStream<Uint8Array>> {
    const response = await fetch(upstream.url + path, {
      method: 'POST',
      headers: { ...this.#headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal ?? null,
    }).catch((error: unknown) => {
      if (signal?.aborted !== true) upstream.isHealthy = false;
      throw upstreamFailed(error);
    });
    if (response.ok && response.body !== null) return response.body;
    throw await refusal(response);
  }

  #checkAll(): Promise<(string | undefined)[]> {
    return Promise.all(this.#upstreams.map((upstream) => this.#check(upstream)));
  }

  async #check(upstream: Upstream): Promise<string | undefined> {
    try {
      const response = await fetch(`${upstream.url}/models`, {
        headers: this.#headers,
        signal: AbortSignal.timeout(checkTimeoutMs),
      });
      upstream.isHealthy = response.ok;
      return response.ok ? models.parse(await response.json()).data[0]?.id : undefined;
    } catch {
      upstream.isHealthy = false;
      return undefined;
    }
  }
}

/** What an engine refused a request with, in the API's words. */
async function refusal(response: Response): Promise<ApiError> {
  const body = parsed(await response.text().catch(() => ''));
  // This server's own key is at fault, not the client's; engines repeat parts of it in their message.
  if (response.status === 401 || response.status === 403) {
    const message = 'The engine behind this server does not accept its key.';
    return new ApiError({ status: 502, code: 'upstream_refused_key', message });
  }
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const seconds = Number.isFinite(retryAfter) ? retryAfter : undefined;
  return upstreamError(body, Math.max(400, response.status), seconds);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
