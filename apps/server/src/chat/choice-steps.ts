import type * as engine from '@qwenvl/engine';
import type { CompletionUsage } from '@qwenvl/openai';
import type { StreamIdentity, StreamStep } from '../sessions/ports.js';
import { CHOICE_BORDER, splitChoices } from './choice-tokens.js';

/** Shapes the events of a request's choices into chunks; equal events always give equal chunks. */
export interface ChunkWriter<Chunk> {
  push(choice: number, event: engine.GenerateEvent): readonly Chunk[];
  end(): readonly Chunk[];
  readonly usage: CompletionUsage;
  readonly cachedTokens: number;
}

/** How the choices of one request are generated. */
export interface ChoiceStepsOptions<Chunk> {
  readonly identity: Pick<StreamIdentity, 'seed'>;
  readonly writer: ChunkWriter<Chunk>;
  /** Number of choices, generated one after the other. */
  readonly choices: number;
  /** Tokens of an earlier run of this very request; the stream begins with them again. */
  readonly continueFrom: readonly number[];
  /** Looks at the chunks of each event before they are passed on. */
  readonly inspect?:
    ((choice: number, event: engine.GenerateEvent, chunks: readonly Chunk[]) => void) | undefined;
  /** Starts the generation of one choice. */
  readonly generate: (choice: ChoiceStart) => AsyncIterable<engine.GenerateEvent>;
}

/** What differs between the choices of one request. */
export interface ChoiceStart {
  readonly choice: number;
  readonly seed: number;
  readonly continueFrom: readonly number[];
  /** False when the same pixels will be needed once more. */
  readonly isLast: boolean;
}

/** Seeds are unsigned 53-bit numbers. */
const SEEDS = 2 ** 53;

/** The stream of an answer with one or several choices. Depends on nothing but its options and the engine's events. */
export async function* choiceSteps<Chunk>(options: ChoiceStepsOptions<Chunk>): AsyncGenerator<StreamStep> {
  const { identity, writer, choices, inspect } = options;
  const known = splitChoices(options.continueFrom);
  for (let choice = 0; choice < choices; choice += 1) {
    const seed = toSeed(identity.seed + choice);
    const isLast = choice === choices - 1;
    for await (const event of options.generate({ choice, seed, continueFrom: known[choice] ?? [], isLast })) {
      const chunks = writer.push(choice, event);
      inspect?.(choice, event, chunks);
      const events = chunks.map((chunk) => JSON.stringify(chunk));
      if (event.type === 'start') yield { tokens: [], events, promptTokens: event.promptTokens };
      else if (event.type === 'token') yield { tokens: [event.id], events };
      else if (event.reason === 'cancelled' || isLast) {
        yield lastStep(writer, events, event.reason);
        return;
      } else yield { tokens: [CHOICE_BORDER], events };
    }
  }
}

/** The only step of an answer that was cancelled before it began. */
export function cancelledStep<Chunk>(writer: ChunkWriter<Chunk>): StreamStep {
  const usage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0 };
  const chunks = writer.push(0, { type: 'finish', reason: 'cancelled', text: '', usage });
  return lastStep(
    writer,
    chunks.map((chunk) => JSON.stringify(chunk)),
    'cancelled',
  );
}

/** A whole number of either sign as an unsigned seed. */
function toSeed(number: number): number {
  const rest = number % SEEDS;
  return rest < 0 ? rest + SEEDS : rest;
}

function lastStep<Chunk>(
  writer: ChunkWriter<Chunk>,
  events: string[],
  reason: engine.FinishReason,
): StreamStep {
  const { prompt_tokens, completion_tokens } = writer.usage;
  return {
    tokens: [],
    events: [...events, ...writer.end().map((chunk) => JSON.stringify(chunk))],
    end: {
      finishReason: reason,
      cancelled: reason === 'cancelled',
      usage: {
        promptTokens: prompt_tokens,
        completionTokens: completion_tokens,
        cachedTokens: writer.cachedTokens,
      },
    },
  };
}
