import { AssistantTurnView, userTurnView } from './turn-view.js';

/** Distance from the end, in pixels, at which the view still follows a growing answer. */
const NEAR_END = 80;

/** The turns on the screen. */
export class Transcript {
  /** @type {Map<import('./conversation.js').Turn, AssistantTurnView>} */
  #answers = new Map();
  #place;
  #welcome;
  #onRetry;
  #followsEnd = true;

  /**
   * @param {HTMLElement} place what scrolls
   * @param {HTMLElement} welcome shown while there is no turn
   * @param {() => void} onRetry
   */
  constructor(place, welcome, onRetry) {
    this.#place = place;
    this.#welcome = welcome;
    this.#onRetry = onRetry;
    place.addEventListener('scroll', () => {
      this.#followsEnd = place.scrollHeight - place.scrollTop - place.clientHeight < NEAR_END;
    });
    // Pictures and videos take their room only when they are there; such events do not bubble.
    for (const type of ['load', 'loadedmetadata']) place.addEventListener(type, () => this.#follow(), true);
  }

  /** @param {import('./conversation.js').Turn} turn */
  add(turn) {
    this.#welcome.remove();
    if (turn.role === 'user') this.#place.append(userTurnView(turn));
    else {
      const view = new AssistantTurnView(this.#onRetry);
      this.#answers.set(turn, view);
      this.#place.append(view.element);
    }
    this.#followsEnd = true;
    this.#follow();
  }

  /**
   * @param {import('./conversation.js').AssistantTurn} turn
   * @param {{ isRunning: boolean, isLast: boolean, waiting?: string | undefined }} state
   */
  update(turn, state) {
    this.#answers.get(turn)?.show(turn, state);
    this.#follow();
  }

  clear() {
    this.#answers.clear();
    this.#place.replaceChildren(this.#welcome);
  }

  #follow() {
    if (this.#followsEnd) this.#place.scrollTop = this.#place.scrollHeight;
  }
}
