import { announce } from './announce.js';
import { request, RequestError } from './api.js';
import { askForApiKey } from './api-key.js';
import { applyChunk } from './apply-chunk.js';
import { forgetAttachments } from './attachment-store.js';
import { loadConversation, newId, saveConversation } from './conversation.js';
import { streamAnswer } from './stream-answer.js';
import { toMessages } from './to-messages.js';

/** @typedef {import('./conversation.js').AssistantTurn} AssistantTurn */

const SAVE_EVERY_MS = 250;

/** A conversation with the model: asks, follows the answer, and takes both up again after a reload. */
export class Chat {
  #conversation = loadConversation();
  #transcript;
  #modelId;
  #onRunning;
  /** @type {AbortController | undefined} */
  #run;
  #frame = 0;
  #savedAt = 0;
  #isLeaving = false;

  /**
   * @param {import('./transcript.js').Transcript} transcript
   * @param {() => string} modelId
   * @param {(isRunning: boolean) => void} onRunning
   */
  constructor(transcript, modelId, onRunning) {
    this.#transcript = transcript;
    this.#modelId = modelId;
    this.#onRunning = onRunning;
  }

  /** Shows what was saved, and goes on with the answer that was on its way. */
  start() {
    const { turns, pending } = this.#conversation;
    for (const turn of turns) {
      this.#transcript.add(turn);
      if (turn.role === 'assistant') this.#show(turn);
    }
    // An unload breaks the connection, which must not be saved as the answer's failure.
    window.addEventListener('pagehide', () => {
      saveConversation(this.#conversation);
      this.#isLeaving = true;
    });
    window.addEventListener('pageshow', ({ persisted }) => {
      if (persisted) location.reload();
    });
    if (pending !== undefined) void this.#answer();
  }

  /**
   * @param {string} text
   * @param {import('./conversation.js').Attachment[]} attachments
   */
  ask(text, attachments) {
    const { turns } = this.#conversation;
    const previous = turns.at(-1);
    turns.push({ role: 'user', text, attachments }, emptyAnswer());
    for (const turn of turns.slice(-2)) this.#transcript.add(turn);
    if (previous?.role === 'assistant') this.#show(previous);
    this.#begin();
  }

  /** Asks again for the last answer. */
  retry() {
    const last = this.#conversation.turns.at(-1);
    if (last?.role !== 'assistant' || this.#run !== undefined) return;
    Object.assign(last, emptyAnswer());
    this.#begin();
  }

  /** Ends the answer that is on its way; what has come stays. */
  async stop() {
    const { pending } = this.#conversation;
    const run = this.#run;
    if (pending === undefined) return;
    try {
      await request(`/v1/cancel/${pending.sessionId}`, { method: 'POST' });
    } catch {
      // The server knows nothing of it (yet) or is away: leaving is all that can be done.
      run?.abort();
    }
  }

  /** Forgets everything that was said. */
  async clear() {
    const run = this.#run;
    await this.stop();
    run?.abort();
    this.#conversation = { turns: [], pending: undefined };
    saveConversation(this.#conversation);
    this.#transcript.clear();
    await forgetAttachments();
  }

  #begin() {
    this.#conversation.pending = { sessionId: newId(), model: this.#modelId(), lastEventId: undefined };
    saveConversation(this.#conversation);
    void this.#answer();
  }

  async #answer() {
    const conversation = this.#conversation;
    const { turns, pending } = conversation;
    const turn = turns.at(-1);
    if (turn?.role !== 'assistant' || pending === undefined) return;
    const run = new AbortController();
    this.#run = run;
    this.#onRunning(true);
    this.#show(turn);
    announce('The model is answering.');
    try {
      const { sessionId, model, lastEventId } = pending;
      const messages = await toMessages(turns.slice(0, -1));
      const body = { model, messages, stream: true, session_id: sessionId };
      const onWait = (/** @type {string} */ waiting) => this.#show(turn, waiting);
      for await (const { id, chunk } of streamAnswer(body, { lastEventId, signal: run.signal, onWait })) {
        applyChunk(turn, chunk);
        pending.lastEventId = id;
        this.#showSoon(turn);
      }
    } catch (error) {
      if (this.#isLeaving) return;
      if (run.signal.aborted) turn.note = 'Stopped.';
      else this.#fail(turn, error);
    }
    cancelAnimationFrame(this.#frame);
    this.#run = undefined;
    conversation.pending = undefined;
    if (conversation === this.#conversation) saveConversation(conversation);
    this.#show(turn);
    this.#onRunning(false);
    announce(turn.error || `Answer: ${turn.text || 'empty.'} ${turn.note}`);
  }

  /**
   * @param {AssistantTurn} turn
   * @param {unknown} error
   */
  #fail(turn, error) {
    if (!(error instanceof RequestError)) console.error(error);
    turn.error = error instanceof Error ? error.message : String(error);
    if (error instanceof RequestError && error.status === 401) askForApiKey();
  }

  /** @param {AssistantTurn} turn */
  #showSoon(turn) {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#show(turn));
    if (Date.now() - this.#savedAt < SAVE_EVERY_MS) return;
    this.#savedAt = Date.now();
    saveConversation(this.#conversation);
  }

  /**
   * @param {AssistantTurn} turn
   * @param {string} [waiting]
   */
  #show(turn, waiting) {
    const isLast = turn === this.#conversation.turns.at(-1);
    this.#transcript.update(turn, { isRunning: isLast && this.#run !== undefined, isLast, waiting });
  }
}

/** @returns {AssistantTurn} */
function emptyAnswer() {
  return { role: 'assistant', text: '', reasoning: '', note: '', error: '' };
}
