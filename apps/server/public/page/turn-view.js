import { attachmentView } from './attachment-view.js';
import { element, showMessage } from './dom.js';
import { renderText } from './render-text.js';

/** @typedef {import('./conversation.js').UserTurn} UserTurn */
/** @typedef {import('./conversation.js').AssistantTurn} AssistantTurn */

/** What the user said. @param {UserTurn} turn */
export function userTurnView({ text, attachments }) {
  const place = element('div', { className: 'text' });
  renderText(place, text);
  const media = element('div', { className: 'media' }, ...attachments.map(attachmentView));
  const children = attachments.length === 0 ? [place] : [media, place];
  return element('article', { className: 'turn user' }, heading('You'), ...children);
}

/** An answer that may still grow. */
export class AssistantTurnView {
  #reasoning = element('div', { className: 'text' });
  #summary = element('summary', { textContent: 'Reasoning' });
  #details = element('details', { className: 'reasoning', hidden: true }, this.#summary, this.#reasoning);
  #text = element('div', { className: 'text' });
  #note = element('p', { className: 'note', hidden: true });
  #error = element('p', { className: 'error', hidden: true });
  #retry = element('button', { type: 'button', className: 'button quiet', textContent: 'Try again' });
  #isFoldedByUser = false;
  element = element('article', { className: 'turn assistant' });

  /** @param {() => void} onRetry */
  constructor(onRetry) {
    this.#retry.addEventListener('click', onRetry);
    this.#summary.addEventListener('click', () => {
      this.#isFoldedByUser = true;
    });
    this.element.append(heading('Answer'), this.#details, this.#text, this.#note, this.#error, this.#retry);
  }

  /**
   * @param {AssistantTurn} turn
   * @param {{ isRunning: boolean, isLast: boolean, waiting?: string | undefined }} state
   */
  show({ text, reasoning, note, error }, { isRunning, isLast, waiting }) {
    const isReasoning = isRunning && reasoning !== '' && text === '';
    this.#details.hidden = reasoning === '';
    if (!this.#isFoldedByUser) this.#details.open = isReasoning;
    this.#summary.textContent = isReasoning ? 'Reasoning…' : 'Reasoning';
    renderText(this.#reasoning, reasoning);
    renderText(this.#text, text);
    const state = waiting ?? (isRunning && reasoning === '' && text === '' ? 'Reading…' : undefined);
    showMessage(this.#note, state ?? (note === '' ? undefined : note));
    showMessage(this.#error, error === '' ? undefined : error);
    this.#retry.hidden = error === '' || isRunning || !isLast;
    this.element.ariaBusy = String(isRunning);
    this.element.classList.toggle('running', isRunning);
    if (isReasoning) this.#reasoning.scrollTop = this.#reasoning.scrollHeight;
  }
}

/** @param {string} text */
function heading(text) {
  return element('h3', { className: 'unseen', textContent: text });
}
