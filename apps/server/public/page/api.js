import { apiKey } from './api-key.js';

/** A request that was refused, broke, or never reached the server. The message is for the user. */
export class RequestError extends Error {
  /**
   * @param {string} message
   * @param {{ status: number, code?: string | undefined, retryAfterMs?: number | undefined }} details
   */
  constructor(message, { status, code, retryAfterMs }) {
    super(message);
    this.name = 'RequestError';
    /** HTTP status; 0 where no answer came. */
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Sends a request with the user's key.
 *
 * @param {string} path
 * @param {RequestInit & { headers?: Record<string, string> }} [init]
 * @returns {Promise<Response>} an answer of success only
 * @throws {RequestError | DOMException} the latter when its signal was aborted
 */
export async function request(path, init = {}) {
  const key = apiKey();
  const headers = { ...init.headers, ...(key === '' ? {} : { authorization: `Bearer ${key}` }) };
  const response = await fetch(path, { ...init, headers }).catch((error) => {
    if (init.signal?.aborted === true) throw error;
    throw new RequestError('The server cannot be reached. Is it running?', { status: 0 });
  });
  if (response.ok) return response;
  throw await toError(response);
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {{ signal?: AbortSignal }} [options]
 */
export function postJson(path, body, options = {}) {
  const headers = { 'content-type': 'application/json' };
  return request(path, { method: 'POST', headers, body: JSON.stringify(body), ...options });
}

/** @param {Response} response */
async function toError(response) {
  const { status } = response;
  /** @type {unknown} */
  const body = await response.json().catch(() => undefined);
  const { message, code } = errorOf(body);
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  const text = message ?? `The server answered with status ${status}.`;
  return new RequestError(text, { status, code, retryAfterMs });
}

/**
 * The error of an answer or an event in the API's body shape, if it is one.
 *
 * @param {any} body
 * @returns {{ message?: string, code?: string }}
 */
export function errorOf(body) {
  const error = body?.error ?? {};
  return {
    ...(typeof error.message === 'string' ? { message: error.message } : {}),
    ...(typeof error.code === 'string' ? { code: error.code } : {}),
  };
}
