import type { Worker } from 'node:worker_threads';
import { EngineError } from '../errors.js';
import { spawnThread } from '../worker/spawn-thread.js';
import { fromWire } from '../worker/wire-error.js';
import type { GrammarSource } from './constraint-grammar.js';
import { keyOf } from './grammar-key.js';
import type { GrammarMatcher } from './grammar-compiler.js';
import type { GrammarReply, GrammarRequest, GrammarThreadData } from './grammar-protocol.js';
import { MatcherCell } from './matcher-cell.js';
import { RemoteMatcher } from './remote-matcher.js';

/** Compiled grammars that one thread keeps for further requests; the longest unused goes first. */
const maxCompiled = 64;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One grammar thread, seen from the thread that computes. */
export class GrammarThread {
  readonly #worker: Worker;
  readonly #vocabSize: number;
  readonly #waiting = new Map<number, Waiting>();
  readonly #known = new Map<string, GrammarSource>();
  readonly #onChange: () => void;
  #nextId = 1;
  #matchers = 0;
  #end: Error | undefined;

  /** @param onChange told whenever the thread may have become free, or has ended */
  constructor(data: GrammarThreadData, onChange: () => void) {
    this.#vocabSize = data.vocabSize;
    this.#onChange = onChange;
    this.#worker = spawnThread(
      'qwenvl-grammar',
      new URL('../grammar/grammar-worker.js', import.meta.url),
      data,
    );
    this.#worker.unref();
    this.#worker.on('message', (reply: GrammarReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.type === 'done') waiting?.resolve();
      else waiting?.reject(fromWire(reply.error));
      onChange();
    });
    this.#worker.on('error', (error) => {
      this.#fail(error);
    });
    this.#worker.on('exit', () => {
      this.#fail(undefined);
    });
  }

  get alive(): boolean {
    return this.#end === undefined;
  }

  /** True when it neither compiles nor follows an answer: compiling would hold nothing up. */
  get isFree(): boolean {
    return this.#matchers === 0 && this.#waiting.size === 0;
  }

  /** Whether it has compiled a grammar, or is about to. */
  knows(source: GrammarSource): boolean {
    return this.#known.has(keyOf(source));
  }

  /** Compiles a grammar ahead of its first use. @throws EngineError `invalid-request`, `worker-crashed` */
  async compile(source: GrammarSource): Promise<void> {
    await this.#ask(source, { type: 'compile', id: this.#nextId++, source });
  }

  /** A matcher for one answer. @throws EngineError `invalid-request`, `worker-crashed` */
  async open(source: GrammarSource, endsWhenComplete: boolean): Promise<GrammarMatcher> {
    const id = this.#nextId++;
    const cell = new MatcherCell(this.#vocabSize);
    this.#matchers += 1;
    let isOpen = true;
    const close = (): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#matchers -= 1;
      this.#post({ type: 'close', id });
      this.#onChange();
    };
    try {
      await this.#ask(source, { type: 'open', id, source, endsWhenComplete, cell: cell.buffer });
      const accept = (token: number): void => {
        this.#post({ type: 'accept', id, token });
      };
      return new RemoteMatcher(cell, { accept, close });
    } catch (error) {
      close();
      throw error;
    }
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #ask(source: GrammarSource, request: GrammarRequest & { readonly id: number }): Promise<void> {
    if (this.#end) throw this.#end;
    this.#remember(source);
    const answered = new Promise<void>((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
    });
    this.#post(request);
    try {
      await answered;
    } catch (error) {
      // A grammar that cannot be compiled may take the WebAssembly side with it, and all that it held.
      this.#known.clear();
      throw error;
    }
  }

  #remember(source: GrammarSource): void {
    const key = keyOf(source);
    this.#known.delete(key);
    this.#known.set(key, source);
    for (const [oldest, forgotten] of this.#known) {
      if (this.#known.size <= maxCompiled) return;
      this.#known.delete(oldest);
      this.#post({ type: 'forget', source: forgotten });
    }
  }

  #post(request: GrammarRequest): void {
    if (this.alive) this.#worker.postMessage(request);
  }

  #fail(cause: unknown): void {
    if (this.#end) return;
    this.#end = new EngineError('worker-crashed', 'The thread that compiles schemas has ended.', { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
    this.#onChange();
  }
}
