import { readFile } from 'node:fs/promises';
import Module, { createRequire } from 'node:module';

/** What is used of a vector that lives in WebAssembly memory. */
interface WasmVector {
  delete(): void;
}

/** What is used of the matcher of `@mlc-ai/web-xgrammar`. */
export interface XGrammarMatcher {
  readonly handle: {
    GetNextTokenBitmask(vocabSize: number): WasmVector;
  };
  acceptToken(id: number): boolean;
  isTerminated(): boolean;
  findJumpForwardString(): string;
  dispose(): void;
}

interface Disposable {
  dispose(): void;
}

/** What is used of `@mlc-ai/web-xgrammar`. */
export interface XGrammar {
  readonly TokenizerInfo: {
    createTokenizerInfo(
      vocab: string[],
      type: 'byte_level',
      prependSpace: boolean,
      vocabSize: number,
      stopTokenIds: number[],
    ): Promise<Disposable>;
  };
  readonly GrammarCompiler: {
    createGrammarCompiler(info: Disposable, isCacheEnabled: boolean): Promise<XGrammarCompiler>;
  };
  readonly GrammarMatcher: {
    createGrammarMatcher(
      grammar: Disposable,
      stopTokens: undefined,
      terminatesWithoutStopToken: boolean,
    ): Promise<XGrammarMatcher>;
  };
  /** The module's WebAssembly side, once it has been started. */
  binding(): { vecIntToView(vector: WasmVector): Int32Array };
}

/** What is used of its compiler. */
export interface XGrammarCompiler extends Disposable {
  compileJSONSchema(
    schema: string,
    isAnyWhitespace: boolean,
    indent: number,
    separators: [string, string],
    isStrict: boolean,
  ): Promise<Disposable>;
  compileGrammar(ebnf: string): Promise<Disposable>;
}

/**
 * Starts a new copy of xgrammar. The package is CommonJS that its own package.json declares to be an ES module, so
 * it cannot be imported; and its mask is only offered through a promise, which a decoding step cannot wait for. Both
 * are mended while its text is read.
 */
export async function loadXGrammar(): Promise<XGrammar> {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@mlc-ai/web-xgrammar');
  const anchor = 'exports.default = index;';
  const source = await readFile(path, 'utf8');
  if (!source.includes(anchor))
    throw new Error('This version of @mlc-ai/web-xgrammar is not the expected one.');
  const text = source.replace(anchor, `${anchor} exports.binding = () => binding;`);
  const module = new Module(path) as Module & { _compile(text: string, path: string): void };
  module._compile(text, path);
  return module.exports as XGrammar;
}
