import { createHash } from 'node:crypto';

/**
 * The store's id of a client's session. Each owner has ids of their own, so that nobody can find out, read or
 * use up another's. Neither part may hold a slash.
 */
export function sessionKey(owner: string, sessionId: string): string {
  return `${owner}/${sessionId}`;
}

/** SHA-256 of a request body without its session id; the order of an object's fields does not count. */
export function requestHash(kind: string, sent: unknown): string {
  const body = typeof sent === 'object' && sent !== null ? { ...sent, session_id: undefined } : sent;
  const canonical = JSON.stringify([kind, body], (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
  return createHash('sha256').update(canonical).digest('base64url');
}
