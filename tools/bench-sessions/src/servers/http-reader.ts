import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';

// One connection a stream, as so many clients have.
const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });

/** A client of one stream: counts its events and sees whether they come in order, each once, to the end. */
export class HttpReader {
  readonly #sessionId: string;
  #received = 0;
  #carry = '';
  #inOrder = true;
  #done = false;

  constructor(sessionId: string) {
    this.#sessionId = sessionId;
  }

  /** Events so far. */
  get received(): number {
    return this.#received;
  }

  /** Whether all events came in order, and `[DONE]` after them. */
  get isWhole(): boolean {
    return this.#inOrder && this.#done && this.#received > 0;
  }

  /**
   * Asks for an answer at one server; where another is named the connection is left and the stream is read there.
   * Resolves once it is read; `ended` once it is over, however it ends.
   */
  async open(makerUrl: string, readerUrl: string): Promise<{ readonly ended: Promise<void> }> {
    const body = JSON.stringify({
      model: 'default',
      stream: true,
      session_id: this.#sessionId,
      messages: [{ role: 'user', content: this.#sessionId }],
    });
    const made = await send(`${makerUrl}/v1/chat/completions`, body);
    if (makerUrl === readerUrl) return { ended: this.#read(made) };
    made.destroy();
    return { ended: this.#read(await send(`${readerUrl}/v1/sessions/${this.#sessionId}/events`)) };
  }

  async #read(response: IncomingMessage): Promise<void> {
    response.setEncoding('utf8');
    try {
      for await (const text of response) {
        const blocks = (this.#carry + String(text)).split('\n\n');
        this.#carry = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // A connection that breaks leaves the stream without its end, which `isWhole` tells.
    }
  }

  #take(block: string): void {
    if (block.endsWith('data: [DONE]')) this.#done = true;
    const index = /^id: .*:(\d+)$/m.exec(block)?.[1];
    if (index === undefined) return;
    this.#inOrder &&= Number(index) === this.#received;
    this.#received += 1;
  }
}

/** @throws for every answer but 200 */
async function send(url: string, body?: string): Promise<IncomingMessage> {
  const headers = { 'content-type': 'application/json' };
  const sending = request(url, { agent, method: body === undefined ? 'GET' : 'POST', headers });
  sending.end(body);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode ?? 'nothing'}.`);
  return response;
}
