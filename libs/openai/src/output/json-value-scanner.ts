/** What a character means to a {@link JsonValueScanner}. */
export type ScanStep = 'within' | 'last' | 'beyond' | 'broken';

/** Finds where one JSON value ends, character by character, without building it. */
export class JsonValueScanner {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isLiteral = false;

  /** True while the next character belongs to a string of the value. */
  get isInString(): boolean {
    return this.#isInString;
  }

  /** Reads one character: part of the value, its last one, the first one beyond it, or not JSON. */
  push(character: string): ScanStep {
    if (this.#isInString) return this.#pushToString(character);
    if (character === '"') {
      this.#isInString = true;
      return 'within';
    }
    if (character === '{' || character === '[') {
      this.#depth += 1;
      return 'within';
    }
    if (this.#depth > 0) {
      if (character === '}' || character === ']') this.#depth -= 1;
      return this.#depth === 0 ? 'last' : 'within';
    }
    if (',}] \n\r\t'.includes(character)) return this.#isLiteral ? 'beyond' : 'broken';
    this.#isLiteral = true;
    return 'within';
  }

  #pushToString(character: string): ScanStep {
    if (this.#isEscaped) {
      this.#isEscaped = false;
    } else if (character === '\\') {
      this.#isEscaped = true;
    } else if (character === '"') {
      this.#isInString = false;
      return this.#depth === 0 ? 'last' : 'within';
    }
    return character < ' ' ? 'broken' : 'within';
  }
}
