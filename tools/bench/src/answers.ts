import { timeConversation, type ConversationTiming } from './conversation.js';
import { engineOptions } from './load-subjects.js';
import type { BenchOptions } from './options.js';
import { loadQwenvl } from './qwenvl-subject.js';
import { summarise } from './statistics.js';

/** Answers of this engine about pictures. */
export interface Answers {
  readonly conversations: readonly ConversationTiming[];
  /** The same in words. */
  readonly lines: readonly string[];
}

/** Loads the first subject anew and has it answer. */
export async function measureAnswers(options: BenchOptions): Promise<Answers> {
  const conversations: ConversationTiming[] = [];
  const lines: string[] = [];
  const [subject] = options.subjects;
  if (subject === undefined || options.pictures === 0) return { conversations, lines };
  const { engine } = await loadQwenvl(engineOptions(subject, options, 4096));
  for (let seed = 0; seed < options.pictures; seed++)
    conversations.push(await timeConversation(engine, seed));
  await engine.close();
  const middle = (values: number[]): number => summarise(values).median;
  if (conversations.length > 0) {
    const first = middle(conversations.map(({ firstTurn }) => firstTurn));
    const second = middle(conversations.map(({ secondTurn }) => secondTurn));
    lines.push(
      `picture 1024x768 (${conversations[0]?.promptTokens ?? 0} tokens): first token after ${first.toFixed(0)} ms, second turn ${second.toFixed(0)} ms, ${(first / second).toFixed(1)} times faster`,
    );
  }
  return { conversations, lines };
}
