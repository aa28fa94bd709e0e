import { findAttachment } from './attachment-store.js';

/** @typedef {import('./conversation.js').Turn} Turn */
/** @typedef {import('./conversation.js').Attachment} Attachment */

/**
 * The turns as messages of a chat completion request; reasoning is not sent back, answers that failed neither.
 *
 * @param {readonly Turn[]} turns
 */
export async function toMessages(turns) {
  const messages = [];
  for (const turn of turns) {
    if (turn.role === 'user') messages.push({ role: 'user', content: await contentOf(turn) });
    else if (turn.text !== '') messages.push({ role: 'assistant', content: turn.text });
  }
  return messages;
}

/** @param {import('./conversation.js').UserTurn} turn */
async function contentOf({ text, attachments }) {
  if (attachments.length === 0) return text;
  const media = await Promise.all(attachments.map(toPart));
  const texts = text === '' ? [] : [{ type: 'text', text }];
  return [...media, ...texts];
}

/** @param {Attachment} attachment */
async function toPart({ id, name, kind }) {
  const file = await findAttachment(id);
  if (file === undefined) return { type: 'text', text: `[${name} is no longer available]` };
  const url = await toDataUrl(file);
  return kind === 'image'
    ? { type: 'image_url', image_url: { url } }
    : { type: 'video_url', video_url: { url } };
}

/**
 * @param {Blob} file
 * @returns {Promise<string>}
 */
function toDataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(String(reader.result)));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
