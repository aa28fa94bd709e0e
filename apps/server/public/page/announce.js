import { byId } from './dom.js';

/**
 * Has screen readers say a text when they are idle. Whole sentences only: what changes token by token is never
 * announced while it grows.
 *
 * @param {string} text
 */
export function announce(text) {
  byId('announcer', HTMLElement).textContent = text;
}
