import type { Checkpoint } from '../checkpoint/parse-checkpoint.js';
import { EngineError } from '../errors.js';
import type { EngineInfo } from '../engine-info.js';
import type { GenerateRequest } from '../types.js';
import { AnswerConstraint, type AnswerPlan, type ReasoningPlan } from './answer-constraint.js';
import { constraintGrammar } from './constraint-grammar.js';
import { GrammarThreads } from './grammar-threads.js';
import { type OutputConstraint, parseOutputConstraint } from './output-constraint.js';

/** What of a request holds its answer to something. */
export type ConstrainedRequest = Pick<GenerateRequest, 'constraint' | 'thinkingBudget'>;

/** Makes the constraints of a checkpoint's answers. */
export class Constrainer {
  readonly #checkpoint: Pick<Checkpoint, 'tokenizer'>;
  readonly #info: Pick<EngineInfo, 'eosTokenIds' | 'thinking' | 'vocabSize'>;
  readonly #threads: GrammarThreads;

  constructor(
    checkpoint: Pick<Checkpoint, 'tokenizer'>,
    info: Pick<EngineInfo, 'eosTokenIds' | 'thinking' | 'vocabSize'>,
  ) {
    this.#checkpoint = checkpoint;
    this.#info = info;
    this.#threads = new GrammarThreads(() => ({
      vocabulary: checkpoint.tokenizer.vocabulary.parts(),
      vocabSize: info.vocabSize,
      eosIds: info.eosTokenIds,
    }));
  }

  /**
   * The constraint of one answer; undefined where nothing is asked for. Waits for its grammar to be compiled, without
   * holding up this thread.
   * @throws EngineError `invalid-request` for what cannot be honoured; what aborts `signal`
   */
  async constrain(
    { constraint, thinkingBudget }: ConstrainedRequest,
    signal?: AbortSignal,
  ): Promise<AnswerConstraint | undefined> {
    if (constraint === undefined && thinkingBudget === undefined) return undefined;
    const { vocabSize, eosTokenIds: eosIds } = this.#info;
    return new AnswerConstraint({
      vocabSize,
      eosIds,
      reasoning: this.#reasoning(thinkingBudget),
      grammar:
        constraint === undefined ? undefined : await this.#grammar(parseOutputConstraint(constraint), signal),
    });
  }

  /** Compiles the grammar of a constraint ahead of its first use. @throws EngineError `invalid-request` */
  async prepare(constraint: OutputConstraint): Promise<void> {
    await this.#threads.compile(constraintGrammar(parseOutputConstraint(constraint)).source);
  }

  /** Ends the threads; constraints cannot be used any more. */
  async close(): Promise<void> {
    await this.#threads.close();
  }

  #reasoning(budget: number | undefined): ReasoningPlan | undefined {
    const isBudget = budget === undefined || (Number.isSafeInteger(budget) && budget >= 0);
    if (!isBudget) throw new EngineError('invalid-request', 'thinkingBudget must be a whole number from 0.');
    const { tokenizer } = this.#checkpoint;
    const endId = tokenizer.vocabulary.addedId('</think>');
    if (this.#info.thinking && endId !== undefined) {
      return { endId, close: [...tokenizer.encode('\n'), endId], gap: tokenizer.encode('\n\n'), budget };
    }
    if (budget !== undefined && budget > 0)
      throw new EngineError('invalid-request', 'thinkingBudget: this checkpoint does not think first.');
    return undefined;
  }

  async #grammar(
    constraint: OutputConstraint,
    signal: AbortSignal | undefined,
  ): Promise<AnswerPlan['grammar']> {
    const { prefix, source, suffix } = constraintGrammar(constraint);
    const { tokenizer } = this.#checkpoint;
    return {
      prefix: tokenizer.encode(prefix),
      suffix: suffix === undefined ? [] : tokenizer.encode(suffix),
      matcher: await this.#threads.matcher(source, suffix !== undefined, signal),
      encode: (text) => tokenizer.encodePlain(text),
    };
  }
}
