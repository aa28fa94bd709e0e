import { EngineError } from '../errors.js';
import type { AllowMask } from '../sampling/allow-mask.js';
import type { Vocabulary } from '../tokenizer/vocabulary.js';
import type { GrammarSource } from './constraint-grammar.js';
import { keyOf } from './grammar-key.js';
import { TextGuard } from './text-guard.js';
import { intersect } from './token-mask.js';
import { loadXGrammar, type XGrammar, type XGrammarCompiler, type XGrammarMatcher } from './load-xgrammar.js';

interface Compiled {
  dispose(): void;
}

interface Module {
  readonly xgrammar: XGrammar;
  readonly compiler: XGrammarCompiler;
}

/** Follows one answer through a grammar. */
export interface GrammarMatcher {
  /** The tokens that may come next, the end of the answer among them where it may end. */
  allowed(): AllowMask;
  /** Follows one token; false where the grammar has no such continuation. */
  accept(id: number): boolean;
  /** True once nothing more may come. */
  readonly ended: boolean;
  /** The text that can only come next; may be empty. */
  forcedText(): string;
  dispose(): void;
}

/**
 * Compiles grammars against one vocabulary, each once, and keeps them until they are to be forgotten. Compiling one
 * may take seconds with a large vocabulary, and blocks the thread.
 */
export class GrammarCompiler {
  readonly #vocabulary: Vocabulary;
  readonly #vocabSize: number;
  readonly #eosIds: readonly number[];
  readonly #compiled = new Map<string, Promise<Compiled>>();
  #module: Promise<Module> | undefined;
  #guard: TextGuard | undefined;

  constructor(vocabulary: Vocabulary, vocabSize: number, eosIds: readonly number[]) {
    this.#vocabulary = vocabulary;
    this.#vocabSize = vocabSize;
    this.#eosIds = eosIds;
  }

  /**
   * @param endsWhenComplete whether the match ends as soon as it can, without an end-of-answer token
   * @throws EngineError `invalid-request` for a grammar that cannot be compiled
   */
  async matcher(source: GrammarSource, endsWhenComplete: boolean): Promise<GrammarMatcher> {
    const module = await this.#living();
    const compiled = await this.#compile(module, source);
    const matcher = await module.xgrammar.GrammarMatcher.createGrammarMatcher(
      compiled,
      undefined,
      endsWhenComplete,
    );
    const guard = source.type === 'schema' ? (this.#guard ??= this.#createGuard()) : undefined;
    return new Matcher(matcher, module.xgrammar, this.#vocabSize, guard);
  }

  /** @throws EngineError `invalid-request` for a grammar that cannot be compiled */
  async compile(source: GrammarSource): Promise<void> {
    await this.#compile(await this.#living(), source);
  }

  /** Frees a compiled grammar; matchers that were made of it stay usable. */
  forget(source: GrammarSource): void {
    const compiled = this.#compiled.get(keyOf(source));
    this.#compiled.delete(keyOf(source));
    compiled?.then(
      (grammar) => {
        grammar.dispose();
      },
      () => undefined,
    );
  }

  #living(): Promise<Module> {
    return (this.#module ??= this.#start());
  }

  /** xgrammar lets control characters and broken UTF-8 into strings of bounded length. */
  #createGuard(): TextGuard {
    return new TextGuard(this.#vocabulary, this.#vocabSize, this.#eosIds);
  }

  async #start(): Promise<Module> {
    const xgrammar = await loadXGrammar();
    const tokens = this.#vocabulary.plainTokens(this.#vocabSize);
    const stops = [...this.#eosIds];
    const info = await xgrammar.TokenizerInfo.createTokenizerInfo(
      tokens,
      'byte_level',
      false,
      this.#vocabSize,
      stops,
    );
    return { xgrammar, compiler: await xgrammar.GrammarCompiler.createGrammarCompiler(info, false) };
  }

  async #compile({ compiler }: Module, source: GrammarSource): Promise<Compiled> {
    const key = keyOf(source);
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const compiling =
      source.type === 'schema'
        ? compiler.compileJSONSchema(source.text, false, -1, [', ', ': '], false)
        : compiler.compileGrammar(source.text);
    this.#compiled.set(key, compiling);
    try {
      return await compiling;
    } catch (cause) {
      // The WebAssembly side may have aborted, and is then unusable: the next grammar gets a new one.
      this.#module = undefined;
      this.#compiled.clear();
      throw new EngineError('invalid-request', 'The schema or grammar could not be compiled.', { cause });
    }
  }
}

class Matcher implements GrammarMatcher {
  readonly #matcher: XGrammarMatcher;
  readonly #xgrammar: XGrammar;
  readonly #vocabSize: number;
  readonly #guard: TextGuard | undefined;
  #pending: readonly number[] = [];

  constructor(matcher: XGrammarMatcher, xgrammar: XGrammar, vocabSize: number, guard: TextGuard | undefined) {
    this.#matcher = matcher;
    this.#xgrammar = xgrammar;
    this.#vocabSize = vocabSize;
    this.#guard = guard;
  }

  allowed(): AllowMask {
    const vector = this.#matcher.handle.GetNextTokenBitmask(this.#vocabSize);
    const mask = this.#xgrammar.binding().vecIntToView(vector).slice();
    vector.delete();
    return this.#guard === undefined ? mask : intersect(mask, this.#guard.allowed(this.#pending));
  }

  accept(id: number): boolean {
    this.#pending = this.#guard?.follow(this.#pending, id) ?? [];
    return this.#matcher.acceptToken(id);
  }

  get ended(): boolean {
    return this.#matcher.isTerminated();
  }

  forcedText(): string {
    return this.#matcher.findJumpForwardString();
  }

  dispose(): void {
    this.#matcher.dispose();
  }
}
