import { JsonValueScanner } from './json-value-scanner.js';

type State = 'before' | 'key-or-end' | 'colon' | 'value' | 'closed' | 'broken';

/**
 * Reads what stands between `<tool_call>` and `</tool_call>`, `{"name": …, "arguments": …}`, character by
 * character. Arguments pass through as the model wrote them.
 */
export class ToolCallBody {
  #state: State = 'before';
  #scanner = new JsonValueScanner();
  #key = '';
  #value = '';
  #isReadingKey = false;
  #name: string | undefined;
  #pending = '';
  #hasArguments = false;

  /** The function's name, once it is known. From then on the call cannot become plain text again. */
  get name(): string | undefined {
    return this.#name;
  }

  /** True while an end tag would be part of a string. */
  get isInString(): boolean {
    return this.#scanner.isInString && this.#state !== 'broken';
  }

  /** Reads one character. */
  push(character: string): void {
    switch (this.#state) {
      case 'before':
        if (character === '{') this.#state = 'key-or-end';
        else if (!isSpace(character)) this.#state = 'broken';
        return;
      case 'key-or-end':
        this.#pushKey(character);
        return;
      case 'colon':
        if (character === ':') this.#startValue();
        else if (!isSpace(character)) this.#state = 'broken';
        return;
      case 'value':
        this.#pushValue(character);
        return;
      case 'broken':
        if (this.#name !== undefined) this.#addArguments(character);
        return;
      case 'closed':
        return;
    }
  }

  /** Arguments that became certain since the last call; empty until the name is known. */
  takeArguments(): string {
    if (this.#name === undefined) return '';
    const text = this.#pending;
    this.#pending = '';
    return text;
  }

  /** Ends the call; a call without arguments gets an empty object. */
  end(): void {
    if (this.#state === 'closed' && !this.#hasArguments) this.#addArguments('{}');
  }

  #pushKey(character: string): void {
    if (this.#isReadingKey) {
      this.#value += character;
      const step = this.#scanner.push(character);
      if (step === 'broken') this.#state = 'broken';
      if (step !== 'last') return;
      this.#isReadingKey = false;
      this.#key = parseString(this.#value) ?? '';
      this.#state = 'colon';
    } else if (character === '"') {
      this.#isReadingKey = true;
      this.#scanner = new JsonValueScanner();
      this.#scanner.push(character);
      this.#value = character;
    } else if (character === '}') {
      this.#state = 'closed';
    } else if (!isSpace(character) && character !== ',') {
      this.#state = 'broken';
    }
  }

  #startValue(): void {
    this.#scanner = new JsonValueScanner();
    this.#value = '';
    this.#state = 'value';
  }

  #pushValue(character: string): void {
    if (this.#value === '' && isSpace(character)) return;
    const step = this.#scanner.push(character);
    if (step !== 'beyond') {
      this.#value += character;
      if (this.#isStreamed) this.#addArguments(character);
    }
    if (step === 'broken') this.#state = 'broken';
    if (step === 'within' || step === 'broken') return;
    this.#endValue();
    this.#state = 'key-or-end';
    if (step === 'beyond') this.#pushKey(character);
  }

  /** Arguments written as a string that holds JSON are unwrapped at their end instead. */
  get #isStreamed(): boolean {
    return this.#key === 'arguments' && !this.#value.startsWith('"');
  }

  #endValue(): void {
    const text = parseString(this.#value);
    if (this.#key === 'name' && text !== undefined) this.#name ??= text;
    if (this.#key === 'arguments' && text !== undefined) this.#addArguments(text);
  }

  #addArguments(text: string): void {
    this.#pending += text;
    this.#hasArguments = true;
  }
}

function isSpace(character: string): boolean {
  return ' \n\r\t'.includes(character);
}

function parseString(json: string): string | undefined {
  if (!json.startsWith('"')) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
