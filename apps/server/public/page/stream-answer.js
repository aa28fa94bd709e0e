import { postJson, request, RequestError } from './api.js';
import { readEvents } from './read-events.js';

/** Tries in a row without an event before it is given up; together about two minutes, enough for a restart. */
const MOST_TRIES = 32;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;
const RECONNECTING = 'The connection was lost. Reconnecting…';
/** No answer, or one from a proxy or a server that is just starting. */
const PASSING = [0, 429, 502, 503, 504];

/**
 * An answer's events, across broken connections and restarts of the server. Before the first event the request
 * is sent (again): the server takes the same session id with the same body for one and the same answer. After
 * it, the stream goes on strictly after the last event.
 *
 * @param {{ session_id: string }} body chat completion request
 * @param {{ lastEventId: string | undefined, signal: AbortSignal, onWait: (reason: string) => void }} options
 * @returns {AsyncGenerator<{ id: string | undefined, chunk: any }>}
 * @throws {RequestError | DOMException}
 */
export async function* streamAnswer(body, { lastEventId: start, signal, onWait }) {
  let lastEventId = start;
  let hasBegun = start !== undefined;
  let tries = 0;
  for (;;) {
    let waitMs = Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS);
    try {
      const response = await open(body, lastEventId, signal);
      hasBegun = true;
      if (response.status === 204 || response.body === null) return;
      for await (const { id, data } of readEvents(response.body)) {
        if (data === '[DONE]') return;
        lastEventId = id ?? lastEventId;
        tries = 0;
        yield { id: lastEventId, chunk: JSON.parse(data) };
      }
      onWait(RECONNECTING);
    } catch (error) {
      if (signal.aborted) throw error;
      const isLoading = error instanceof RequestError && error.code === 'model_loading';
      if (isLoading) {
        tries = 0;
        waitMs = error.retryAfterMs ?? LONGEST_WAIT_MS;
      } else if (!hasBegun || !isPassing(error) || tries >= MOST_TRIES) {
        throw error;
      }
      onWait(isLoading ? 'Waiting for the model to load…' : RECONNECTING);
    }
    tries += 1;
    await wait(waitMs, signal);
  }
}

/**
 * @param {{ session_id: string }} body
 * @param {string | undefined} lastEventId
 * @param {AbortSignal} signal
 */
function open(body, lastEventId, signal) {
  if (lastEventId === undefined) return postJson('/v1/chat/completions', body, { signal });
  const headers = { 'last-event-id': lastEventId };
  return request(`/v1/sessions/${body.session_id}/events`, { headers, signal });
}

/** @param {unknown} error a reader's `TypeError` is a connection that broke in mid-stream */
function isPassing(error) {
  return error instanceof RequestError ? PASSING.includes(error.status) : error instanceof TypeError;
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function wait(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}
