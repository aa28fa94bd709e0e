/** What a client has of a stream: complete events as they came over the wire, comments and `retry:` left out. */
export interface ReceivedEvents {
  readonly blocks: readonly string[];
  /** Id of the last event, if any has come. */
  readonly lastId: string | undefined;
  /** Whether the stream was closed by `[DONE]`. */
  readonly done: boolean;
}

/**
 * Reads a stream until its end, or until the connection breaks, as `EventSource` does: an event that is cut in
 * the middle is dropped. `onEvent` hears the number of events so far.
 */
export async function readEvents(
  response: Response,
  onEvent: (count: number) => void = () => undefined,
): Promise<ReceivedEvents> {
  const blocks: string[] = [];
  let lastId: string | undefined;
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes as Uint8Array, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const block = text.slice(0, end + 2);
        text = text.slice(end + 2);
        const id = /^id: (.*)$/m.exec(block)?.[1];
        if (id === undefined && !block.startsWith('data: ')) continue;
        blocks.push(block);
        lastId = id ?? lastId;
        if (id !== undefined) onEvent(blocks.length);
      }
    }
  } catch {
    // A killed server breaks the connection; what came until then counts.
  }
  return { blocks, lastId, done: blocks.at(-1) === 'data: [DONE]\n\n' };
}

/** The bytes of a stream without what is new in every request: session id, completion id and time. */
export function comparable(blocks: readonly string[]): string {
  return blocks
    .join('')
    .replace(/^id: .*:(\d+)$/gm, 'id: $1')
    .replace(/"id":"chatcmpl-[0-9a-f]+"/g, '"id":"x"')
    .replace(/"id":"call_[0-9a-f]+/g, '"id":"call_x')
    .replace(/"created":\d+/g, '"created":0');
}
