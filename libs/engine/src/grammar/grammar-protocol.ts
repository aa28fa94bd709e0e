import type { VocabularyParts } from '../tokenizer/vocabulary.js';
import type { WireError } from '../worker/protocol.js';
import type { GrammarSource } from './constraint-grammar.js';

/** What a grammar thread is started with. */
export interface GrammarThreadData {
  readonly vocabulary: VocabularyParts;
  readonly vocabSize: number;
  readonly eosIds: readonly number[];
}

/** What a grammar thread is asked for. `id` names a matcher, or a question of its own. */
export type GrammarRequest =
  | { readonly type: 'compile'; readonly id: number; readonly source: GrammarSource }
  | {
      readonly type: 'open';
      readonly id: number;
      readonly source: GrammarSource;
      readonly endsWhenComplete: boolean;
      readonly cell: SharedArrayBuffer;
    }
  | { readonly type: 'accept'; readonly id: number; readonly token: number }
  | { readonly type: 'close'; readonly id: number }
  | { readonly type: 'forget'; readonly source: GrammarSource };

/** What it answers to `compile` and `open`; `accept` is answered in the matcher's cell. */
export type GrammarReply =
  | { readonly type: 'done'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly error: WireError };
