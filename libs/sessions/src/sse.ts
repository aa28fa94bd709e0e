/**
 * The text of server-sent events (WHATWG HTML, "Server-sent events"). Ids go on events only: an id without data
 * would be ignored by readers, and an id with empty data dispatched as an empty message.
 */

/** One event. Line breaks in `data` become several `data:` lines, which readers join again with `\n`. */
export function formatEvent(data: string, id?: string): string {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${id === undefined ? '' : `id: ${id}\n`}${lines.join('')}\n`;
}

/** A comment: keeps proxies from cutting a silent connection, and readers never see it. */
export function formatComment(text: string): string {
  return `: ${text}\n\n`;
}

/** Tells readers how long to wait before they reconnect, in whole milliseconds. */
export function formatRetry(milliseconds: number): string {
  return `retry: ${Math.round(milliseconds)}\n\n`;
}
