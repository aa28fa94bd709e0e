/**
 * @typedef {{ id: string, name: string, kind: 'image' | 'video' }} Attachment
 * @typedef {{ role: 'user', text: string, attachments: Attachment[] }} UserTurn
 * @typedef {{ role: 'assistant', text: string, reasoning: string, note: string, error: string }} AssistantTurn
 * @typedef {UserTurn | AssistantTurn} Turn
 * @typedef {{ sessionId: string, model: string, lastEventId: string | undefined }} Pending
 * @typedef {{ turns: Turn[], pending: Pending | undefined }} Conversation
 */

const KEY = 'qwenvl.conversation';
/** Older turns are shown no more after a reload, and no longer sent: localStorage holds about 5 MB. */
const MOST_TURNS = 200;

/** The conversation as it was when it was last saved. @returns {Conversation} */
export function loadConversation() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return { turns: stored.turns ?? [], pending: stored.pending };
  } catch {
    // Another version of this page may have left something else there.
    return { turns: [], pending: undefined };
  }
}

/**
 * Text and cursor are saved as one: a reload between two events can then neither lose nor repeat one.
 *
 * @param {Conversation} conversation
 */
export function saveConversation(conversation) {
  conversation.turns.splice(0, conversation.turns.length - MOST_TURNS);
  while (!tryToSave(conversation) && conversation.turns.length > 2) conversation.turns.splice(0, 2);
}

/** @param {Conversation} conversation */
function tryToSave(conversation) {
  try {
    localStorage.setItem(KEY, JSON.stringify(conversation));
    return true;
  } catch {
    // The quota is used up.
    return false;
  }
}

/** A new name for an answer; `crypto.randomUUID` is missing where the page was not loaded over TLS. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
