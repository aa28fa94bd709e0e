import { EngineError } from '../errors.js';
import type { AllowMask } from '../sampling/allow-mask.js';
import type { TokenConstraint } from '../scheduler/token-constraint.js';
import type { ForcedText, GrammarMatcher } from './compiled-grammar.js';
import { maskOf, maskWithout } from './token-mask.js';

/** What one answer is held to. */
export interface AnswerPlan {
  readonly vocabSize: number;
  readonly eosIds: readonly number[];
  /** Absent: the answer has no reasoning before it. */
  readonly reasoning?: ReasoningPlan | undefined;
  /** Absent: the answer itself is free. */
  readonly grammar?:
    | {
        /** Fixed tokens before and after; `suffix` is empty where the model ends the answer itself. */
        readonly prefix: readonly number[];
        readonly suffix: readonly number[];
        readonly matcher: GrammarMatcher;
        /** The tokens of a text without alternatives that no model would write otherwise. */
        readonly settled: (forced: ForcedText) => readonly number[];
      }
    | undefined;
}

/** How reasoning ends. */
export interface ReasoningPlan {
  /** The token `</think>`. */
  readonly endId: number;
  /** Tokens that end the reasoning when its budget is used up; the last one is `endId`. */
  readonly close: readonly number[];
  /** Tokens between the reasoning and a constrained answer. */
  readonly gap: readonly number[];
  /** Most tokens of reasoning; undefined: no limit. */
  readonly budget: number | undefined;
}

type Phase = 'reasoning' | 'answer' | 'grammar' | 'done';

/**
 * Leads one answer through its phases: free reasoning up to its budget, fixed tokens, what a grammar derives, fixed
 * tokens, the end.
 */
export class AnswerConstraint implements TokenConstraint {
  readonly #plan: AnswerPlan;
  #phase: Phase;
  /** Fixed tokens that come next. */
  #script: readonly number[] = [];
  #afterScript: Phase = 'done';
  #reasoned = 0;

  constructor(plan: AnswerPlan) {
    this.#plan = plan;
    this.#phase = 'reasoning';
    if (plan.reasoning === undefined) this.#beginAnswer([]);
    else if (plan.reasoning.budget === 0) this.#closeReasoning(plan.reasoning);
  }

  allowed(): AllowMask | undefined {
    const { vocabSize, eosIds, grammar } = this.#plan;
    const [next] = this.#script;
    if (next !== undefined) return maskOf(vocabSize, [next]);
    switch (this.#phase) {
      case 'reasoning':
        return grammar === undefined ? undefined : maskWithout(vocabSize, eosIds);
      case 'answer':
        return undefined;
      case 'grammar':
        return grammar?.matcher.allowed();
      case 'done':
        return maskOf(vocabSize, eosIds);
    }
  }

  accept(id: number): void {
    if (this.#script.length > 0) {
      this.#follow(id);
      return;
    }
    const { reasoning, grammar } = this.#plan;
    if (this.#phase === 'reasoning' && reasoning !== undefined) {
      this.#reasoned += 1;
      if (id === reasoning.endId) this.#beginAnswer(grammar === undefined ? [] : reasoning.gap);
      else if (this.#reasoned === reasoning.budget) this.#closeReasoning(reasoning);
    } else if (this.#phase === 'grammar' && grammar !== undefined) {
      if (!grammar.matcher.accept(id)) throw mismatch();
      if (!grammar.matcher.ended) return;
      if (grammar.suffix.length > 0) this.#play(grammar.suffix, 'done');
      else this.#phase = 'done';
    }
  }

  /** Fixed tokens, or those whose text the grammar leaves no choice about; they share one step. */
  forced(): readonly number[] {
    if (this.#script.length > 0) return this.#script;
    const { grammar } = this.#plan;
    if (this.#phase !== 'grammar' || grammar === undefined) return [];
    return grammar.settled(grammar.matcher.forcedText());
  }

  #follow(id: number): void {
    if (id !== this.#script[0]) throw mismatch();
    this.#script = this.#script.slice(1);
    if (this.#script.length === 0) this.#phase = this.#afterScript;
  }

  #closeReasoning({ close, gap }: ReasoningPlan): void {
    this.#beginAnswer([...close, ...gap]);
  }

  #beginAnswer(script: readonly number[]): void {
    const { grammar } = this.#plan;
    if (grammar === undefined) this.#play(script, 'answer');
    else this.#play([...script, ...grammar.prefix], 'grammar');
  }

  #play(script: readonly number[], then: Phase): void {
    this.#script = script;
    this.#afterScript = then;
    if (script.length === 0) this.#phase = then;
  }
}

function mismatch(): EngineError {
  return new EngineError('invalid-request', 'continueFrom does not fit the constraint of this request.');
}
