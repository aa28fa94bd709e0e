import { NewlineTrimmer } from './newline-trimmer.js';
import type { OutputDelta } from './output-delta.js';
import { TagScanner } from './tag-scanner.js';
import { ToolCallSection } from './tool-call-section.js';

const THINK_START = '<think>';
const THINK_END = '</think>';
const TOOL_CALL_START = '<tool_call>';

/** How a model's text is to be read. */
export interface OutputParserOptions {
  /**
   * True when the chat template itself opens the reasoning (Qwen3-VL Thinking): the output starts inside it.
   * Default: false; reasoning is then only what an output puts between `<think>` and `</think>` at its start.
   */
  readonly startsInReasoning?: boolean | undefined;
  /** Whether `<tool_call>` is a call; without tools it is ordinary text. Default: false. */
  readonly tools?: boolean | undefined;
}

/**
 * Sorts a Qwen3-VL answer into reasoning, content and tool calls as it streams in. Wherever the pieces are cut,
 * the deltas add up to the same whole.
 */
export class OutputParser {
  readonly #hasTools: boolean;
  readonly #scanner = new TagScanner();
  #section: 'start' | 'reasoning' | 'content' | 'tool-call';
  #trimmer = new NewlineTrimmer();
  #startText = '';
  #toolCall: ToolCallSection | undefined;
  #toolCalls = 0;

  constructor(options: OutputParserOptions = {}) {
    this.#section = options.startsInReasoning === true ? 'reasoning' : 'start';
    this.#hasTools = options.tools ?? false;
  }

  /** Where the next piece of text would belong. */
  get section(): 'reasoning' | 'content' | 'tool-call' {
    return this.#section === 'start' ? 'content' : this.#section;
  }

  /** Number of calls whose function is known. */
  get toolCalls(): number {
    return this.#toolCalls;
  }

  /** Adds text; returns what became certain. */
  push(text: string): OutputDelta[] {
    const deltas: OutputDelta[] = [];
    let rest: string | undefined = text;
    while (rest !== undefined && rest !== '') rest = this.#step(rest, deltas);
    return deltas;
  }

  /** Ends the output: gives out what was held back. */
  end(): OutputDelta[] {
    const deltas: OutputDelta[] = [];
    if (this.#toolCall !== undefined) return this.#countCalls(this.#toolCall.flush());
    const isReasoning = this.#section === 'reasoning';
    if (this.#section === 'start') this.#trimmer = new NewlineTrimmer({ start: false, end: false });
    this.#emit(deltas, this.#startText + this.#scanner.flush());
    const held = this.#trimmer.flush();
    if (held !== '' && !isReasoning) deltas.push({ type: 'content', text: held });
    return deltas;
  }

  /** Reads text up to the next border; returns what is left to read. */
  #step(text: string, deltas: OutputDelta[]): string | undefined {
    switch (this.#section) {
      case 'start':
        return this.#stepStart(text);
      case 'reasoning': {
        const { before, after } = this.#scanner.push(text, THINK_END);
        this.#emit(deltas, before);
        if (after !== undefined) this.#enter('content');
        return after;
      }
      case 'content': {
        if (!this.#hasTools) {
          this.#emit(deltas, text);
          return undefined;
        }
        const { before, after } = this.#scanner.push(text, TOOL_CALL_START);
        this.#emit(deltas, before);
        if (after !== undefined) {
          this.#enter('tool-call');
          this.#toolCall = new ToolCallSection(this.#toolCalls);
        }
        return after;
      }
      case 'tool-call': {
        const section = this.#toolCall;
        if (section === undefined) return undefined;
        const { deltas: found, after } = section.push(text);
        deltas.push(...this.#countCalls(found));
        if (after !== undefined) {
          this.#toolCall = undefined;
          this.#enter('content');
        }
        return after;
      }
    }
  }

  /** The first characters decide whether an output brings its own `<think>`. */
  #stepStart(text: string): string | undefined {
    this.#startText += text;
    const visible = this.#startText.trimStart();
    if (visible.length < THINK_START.length && THINK_START.startsWith(visible)) return undefined;
    const all = this.#startText;
    this.#startText = '';
    if (visible.startsWith(THINK_START)) {
      this.#enter('reasoning');
      return visible.slice(THINK_START.length);
    }
    this.#section = 'content';
    this.#trimmer = new NewlineTrimmer({ start: false, end: this.#hasTools });
    return all;
  }

  #enter(section: 'reasoning' | 'content' | 'tool-call'): void {
    this.#section = section;
    this.#trimmer = new NewlineTrimmer({ end: section === 'reasoning' || this.#hasTools });
  }

  #emit(deltas: OutputDelta[], text: string): void {
    const certain = this.#trimmer.push(text);
    if (certain === '') return;
    deltas.push({ type: this.#section === 'reasoning' ? 'reasoning' : 'content', text: certain });
  }

  #countCalls(deltas: OutputDelta[]): OutputDelta[] {
    this.#toolCalls += deltas.filter((delta) => delta.type === 'tool-call').length;
    return deltas;
  }
}
