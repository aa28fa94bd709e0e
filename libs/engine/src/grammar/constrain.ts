import { LRUCache } from 'lru-cache';
import type { Checkpoint } from '../checkpoint/parse-checkpoint.js';
import { EngineError } from '../errors.js';
import type { EngineInfo } from '../engine-info.js';
import type { GenerateRequest } from '../types.js';
import { AnswerConstraint, type AnswerPlan, type ReasoningPlan } from './answer-constraint.js';
import { CompiledGrammar } from './compiled-grammar.js';
import { type ConstraintGrammar, constraintGrammar } from './constraint-grammar.js';
import { checkOutputConstraint, type OutputConstraint } from './output-constraint.js';
import { settledTokens } from './settled-tokens.js';
import { TokenMasks } from './token-masks.js';

/** Grammars that are kept for further answers; the longest unused goes first. */
const maxGrammars = 16;

/** What of a request holds its answer to something. */
export type ConstrainedRequest = Pick<GenerateRequest, 'constraint' | 'thinkingBudget'>;

interface Known extends Pick<ConstraintGrammar, 'prefix' | 'suffix'> {
  readonly compiled: CompiledGrammar;
}

/** Makes the constraints of a checkpoint's answers. */
export class Constrainer {
  readonly #checkpoint: Pick<Checkpoint, 'tokenizer'>;
  readonly #info: Pick<EngineInfo, 'eosTokenIds' | 'thinking' | 'vocabSize'>;
  readonly #grammars = new LRUCache<string, Known>({ max: maxGrammars });
  #tokens: TokenMasks | undefined;

  constructor(
    checkpoint: Pick<Checkpoint, 'tokenizer'>,
    info: Pick<EngineInfo, 'eosTokenIds' | 'thinking' | 'vocabSize'>,
  ) {
    this.#checkpoint = checkpoint;
    this.#info = info;
  }

  /**
   * The constraint of one answer; undefined where nothing is asked for.
   * @throws EngineError `invalid-request` for what cannot be honoured
   */
  constrain({ constraint, thinkingBudget }: ConstrainedRequest): AnswerConstraint | undefined {
    if (constraint === undefined && thinkingBudget === undefined) return undefined;
    const { vocabSize, eosTokenIds: eosIds } = this.#info;
    return new AnswerConstraint({
      vocabSize,
      eosIds,
      reasoning: this.#reasoning(thinkingBudget),
      grammar: constraint === undefined ? undefined : this.#grammar(constraint),
    });
  }

  /** Makes the grammar of a constraint and its first mask ahead of its first use. @throws EngineError `invalid-request` */
  prepare(constraint: OutputConstraint): void {
    this.#known(constraint).compiled.matcher(false).allowed();
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

  #grammar(constraint: OutputConstraint): AnswerPlan['grammar'] {
    const { compiled, prefix, suffix } = this.#known(constraint);
    const { tokenizer } = this.#checkpoint;
    const matcher = compiled.matcher(suffix !== undefined);
    // Made now, so that a grammar which cannot be followed is refused before the answer begins.
    matcher.allowed();
    return {
      prefix: tokenizer.encode(prefix),
      suffix: suffix === undefined ? [] : tokenizer.encode(suffix),
      matcher,
      settled: (forced) => settledTokens(tokenizer, forced),
    };
  }

  #known(constraint: OutputConstraint): Known {
    const key = JSON.stringify(constraint);
    const known = this.#grammars.get(key);
    if (known !== undefined) return known;
    const { prefix, suffix, root, isProductive } = constraintGrammar(checkOutputConstraint(constraint));
    this.#tokens ??= new TokenMasks(
      this.#checkpoint.tokenizer.vocabulary,
      this.#info.vocabSize,
      this.#info.eosTokenIds,
    );
    const made = { prefix, suffix, compiled: new CompiledGrammar(root, isProductive, this.#tokens) };
    this.#grammars.set(key, made);
    return made;
  }
}
