import type { OutputDelta } from './output-delta.js';
import { ToolCallBody } from './tool-call-body.js';

const END_TAG = '</tool_call>';
const START_TAG = '<tool_call>';

/** One tool call of the output, from behind `<tool_call>` to `</tool_call>`. */
export class ToolCallSection {
  readonly #index: number;
  readonly #body = new ToolCallBody();
  #raw = '';
  #tagLength = 0;
  #isAnnounced = false;

  /** @param index Position of the call among those of the answer, from 0. */
  constructor(index: number) {
    this.#index = index;
  }

  /** True once the function's name was reported. */
  get isAnnounced(): boolean {
    return this.#isAnnounced;
  }

  /**
   * Adds text.
   *
   * @returns What became certain, and the text behind the end tag once that is complete.
   */
  push(text: string): { readonly deltas: OutputDelta[]; readonly after?: string } {
    for (let at = 0; at < text.length; at += 1) {
      if (this.#pushCharacter(text.charAt(at))) {
        return { deltas: this.#finish(), after: text.slice(at + 1) };
      }
    }
    return { deltas: this.#collect() };
  }

  /** Ends the section at the end of all output. */
  flush(): OutputDelta[] {
    for (const character of END_TAG.slice(0, this.#tagLength)) this.#body.push(character);
    this.#tagLength = 0;
    const deltas = this.#collect();
    return this.#isAnnounced ? deltas : [{ type: 'content', text: START_TAG + this.#raw }];
  }

  /** Returns true when the end tag is complete. */
  #pushCharacter(character: string): boolean {
    if (!this.#isAnnounced) this.#raw += character;
    if (this.#tagLength === 0 && this.#body.isInString) {
      this.#body.push(character);
      return false;
    }
    if (character === END_TAG.charAt(this.#tagLength)) {
      this.#tagLength += 1;
      return this.#tagLength === END_TAG.length;
    }
    // '<' occurs once in the tag, so a failed match can only start again at this very character.
    for (const held of END_TAG.slice(0, this.#tagLength)) this.#body.push(held);
    this.#tagLength = character === '<' && !this.#body.isInString ? 1 : 0;
    if (this.#tagLength === 0) this.#body.push(character);
    return false;
  }

  #collect(): OutputDelta[] {
    const { name } = this.#body;
    if (name === undefined) return [];
    const deltas: OutputDelta[] = [];
    if (!this.#isAnnounced) deltas.push({ type: 'tool-call', index: this.#index, name });
    this.#isAnnounced = true;
    const text = this.#body.takeArguments();
    if (text !== '') deltas.push({ type: 'tool-call-arguments', index: this.#index, text });
    return deltas;
  }

  #finish(): OutputDelta[] {
    this.#body.end();
    const deltas = this.#collect();
    return this.#isAnnounced ? deltas : [{ type: 'content', text: START_TAG + this.#raw }];
  }
}
