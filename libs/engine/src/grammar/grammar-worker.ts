/** Entry of a grammar thread: compiles grammars and follows answers through them. */
import { parentPort, workerData } from 'node:worker_threads';
import { Vocabulary } from '../tokenizer/vocabulary.js';
import { toWire } from '../worker/wire-error.js';
import { GrammarCompiler, type GrammarMatcher } from './grammar-compiler.js';
import type { GrammarReply, GrammarRequest, GrammarThreadData } from './grammar-protocol.js';
import { MatcherCell } from './matcher-cell.js';

interface Open {
  readonly matcher: GrammarMatcher;
  readonly cell: MatcherCell;
}

const { vocabulary, vocabSize, eosIds } = workerData as GrammarThreadData;
const compiler = new GrammarCompiler(new Vocabulary(vocabulary.vocab, vocabulary.added), vocabSize, eosIds);
const opened = new Map<number, Open>();
const nothing = new Uint32Array(Math.ceil(vocabSize / 32));

function write({ matcher, cell }: Open, isAccepted: boolean): void {
  cell.write({
    isAccepted,
    isEnded: matcher.ended,
    isFailed: false,
    forced: matcher.ended ? '' : matcher.forcedText(),
    mask: matcher.ended || !isAccepted ? nothing : matcher.allowed(),
  });
}

function accept(open: Open, token: number): void {
  try {
    write(open, open.matcher.accept(token));
  } catch {
    // The other side waits for this answer; what went wrong there is told as a broken constraint.
    open.cell.write({ isAccepted: false, isEnded: true, isFailed: true, forced: '', mask: nothing });
  }
}

async function answer(request: GrammarRequest & { type: 'compile' | 'open' }): Promise<GrammarReply> {
  const { id, source } = request;
  try {
    if (request.type === 'compile') await compiler.compile(source);
    else {
      const matcher = await compiler.matcher(source, request.endsWhenComplete);
      const open = { matcher, cell: new MatcherCell(vocabSize, request.cell) };
      opened.set(id, open);
      write(open, true);
    }
    return { type: 'done', id };
  } catch (error) {
    return { type: 'failed', id, error: toWire(error) };
  }
}

parentPort?.on('message', (request: GrammarRequest) => {
  switch (request.type) {
    case 'compile':
    case 'open':
      void answer(request).then((reply) => parentPort?.postMessage(reply));
      return;
    case 'accept': {
      const open = opened.get(request.id);
      if (open !== undefined) accept(open, request.token);
      return;
    }
    case 'close':
      opened.get(request.id)?.matcher.dispose();
      opened.delete(request.id);
      return;
    case 'forget':
      compiler.forget(request.source);
      return;
    default:
      request satisfies never;
  }
});
