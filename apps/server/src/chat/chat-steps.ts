import type * as engine from '@qwenvl/engine';
import { ChatChunkWriter, ChatCompletionCollector } from '@qwenvl/openai';
import type { StreamIdentity, StreamStep } from '../sessions/ports.js';
import type { CheckOutput } from './check-output.js';
import { CHOICE_BORDER, splitChoices } from './choice-tokens.js';

/** How the answer to one request is generated and read. */
export interface ChatStepsOptions {
  readonly identity: StreamIdentity;
  readonly model: string;
  readonly startsInReasoning: boolean;
  readonly tools: boolean;
  readonly includeUsage: boolean;
  /** Number of choices, generated one after the other. */
  readonly choices: number;
  /** Tokens of an earlier run of this very request; the stream begins with them again. */
  readonly continueFrom: readonly number[];
  readonly signal: AbortSignal;
  /** Looks at the content of each choice that came to its own end. */
  readonly check?: CheckOutput | undefined;
  /** Starts the generation of one choice. */
  readonly generate: (choice: ChoiceStart) => AsyncIterable<engine.GenerateEvent>;
}

/** What differs between the choices of one request. */
export interface ChoiceStart {
  readonly seed: number;
  readonly continueFrom: readonly number[];
  /** False when the same pixels will be needed once more. */
  readonly isLast: boolean;
}

/** Seeds are unsigned 53-bit numbers. */
const SEEDS = 2 ** 53;

/**
 * The stream of an answer: what the engine reports, shaped into chunks. Depends on nothing but its options and
 * the engine's events, so that equal tokens always give equal bytes.
 */
export async function* chatSteps(options: ChatStepsOptions): AsyncGenerator<StreamStep> {
  const { identity, model, startsInReasoning, tools, includeUsage, choices } = options;
  const { completionId: id, created } = identity;
  const writer = new ChatChunkWriter({ id, created, model, startsInReasoning, tools, includeUsage });
  const known = splitChoices(options.continueFrom);
  const whole = new ChatCompletionCollector();
  for (let choice = 0; choice < choices; choice += 1) {
    const seed = toSeed(identity.seed + choice);
    const isLast = choice === choices - 1;
    for await (const event of options.generate({ seed, continueFrom: known[choice] ?? [], isLast })) {
      const chunks = writer.push(choice, event);
      const events = chunks.map((chunk) => JSON.stringify(chunk));
      if (options.check !== undefined) for (const chunk of chunks) whole.add(chunk);
      if (event.type === 'finish' && event.reason === 'stop') options.check?.(whole.contentOf(choice));
      if (event.type === 'start') yield { tokens: [], events, promptTokens: event.promptTokens };
      else if (event.type === 'token') yield { tokens: [event.id], events };
      else if (event.reason === 'cancelled' || isLast) {
        yield lastStep(writer, events, event.reason);
        return;
      } else yield { tokens: [CHOICE_BORDER], events };
    }
  }
}

/** A whole number of either sign as an unsigned seed. */
function toSeed(number: number): number {
  const rest = number % SEEDS;
  return rest < 0 ? rest + SEEDS : rest;
}

/** The only step of an answer that was cancelled before it began. */
export function cancelledStep(
  options: Pick<ChatStepsOptions, 'identity' | 'model' | 'includeUsage'>,
): StreamStep {
  const { completionId: id, created } = options.identity;
  const { model, includeUsage } = options;
  const writer = new ChatChunkWriter({ id, created, model, includeUsage });
  const usage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0 };
  const chunks = writer.push(0, { type: 'finish', reason: 'cancelled', text: '', usage });
  return lastStep(
    writer,
    chunks.map((chunk) => JSON.stringify(chunk)),
    'cancelled',
  );
}

function lastStep(writer: ChatChunkWriter, events: string[], reason: engine.FinishReason): StreamStep {
  const { prompt_tokens, completion_tokens, prompt_tokens_details } = writer.usage;
  return {
    tokens: [],
    events: [...events, ...writer.end().map((chunk) => JSON.stringify(chunk))],
    end: {
      finishReason: reason,
      cancelled: reason === 'cancelled',
      usage: {
        promptTokens: prompt_tokens,
        completionTokens: completion_tokens,
        cachedTokens: prompt_tokens_details.cached_tokens,
      },
    },
  };
}
