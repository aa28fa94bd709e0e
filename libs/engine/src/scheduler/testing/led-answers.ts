import { Constrainer } from '../../grammar/constrain.js';
import { Speculation } from '../speculation.js';
import { timeAnswer } from './answer-once.js';
import type { OpenExport } from './open-export.js';
import { Script } from './script.js';

/** A text that is written, and what helps with it. */
export interface LedAnswer {
  readonly text: string;
  /** JSON schema that it is held to. Default: none. */
  readonly schema?: Readonly<Record<string, unknown>> | undefined;
  /** What it is expected to be. Default: nothing. */
  readonly prediction?: string | undefined;
}

/** Writes given texts token by token through the sampler, after one short prompt, and times them. */
export class LedAnswers {
  readonly #open: OpenExport;
  readonly #eos: number;
  readonly #constrainer: Constrainer;
  readonly #prompt = Array.from({ length: 64 }, (_, at) => 1000 + at);

  constructor(open: OpenExport) {
    const { tokenizer, config } = open;
    this.#open = open;
    this.#eos = tokenizer.vocabulary.addedId('<|im_end|>') ?? 0;
    const info = { eosTokenIds: [this.#eos], thinking: false, vocabSize: config.text.vocabSize };
    this.#constrainer = new Constrainer({ tokenizer }, info);
  }

  /** Milliseconds from the first token to the last, tokens in all, and those that were chosen and not forced. */
  async time({
    text,
    schema,
    prediction,
  }: LedAnswer): Promise<{ ms: number; tokens: number; chosen: number }> {
    const { tokenizer, config, runtime } = this.#open;
    const ids = [...tokenizer.encodePlain(text), this.#eos];
    const within =
      schema && this.#constrainer.constrain({ constraint: { type: 'json-schema', schema: { ...schema } } });
    const constraint = new Script(ids, config.text.vocabSize, within);
    const drafter =
      prediction && new Speculation(this.#prompt, tokenizer.encodePlain(prediction), runtime.exactRows);
    const asked = { prompt: this.#prompt, maxTokens: ids.length, constraint, ...(drafter && { drafter }) };
    const ms = await timeAnswer(this.#open, asked);
    return { ms, tokens: ids.length, chosen: constraint.chosen };
  }
}
