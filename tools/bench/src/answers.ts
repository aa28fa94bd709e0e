import { prepareCard, timeCard, type CardTiming } from './card-answer.js';
import { timeConversation, type ConversationTiming } from './conversation.js';
import { engineOptions } from './load-subjects.js';
import type { BenchOptions } from './options.js';
import { loadQwenvl } from './qwenvl-subject.js';
import { summarise } from './statistics.js';

/** Whole answers of this engine: about pictures, and held to a schema. */
export interface Answers {
  readonly conversations: readonly ConversationTiming[];
  readonly cards: readonly CardTiming[];
  /** The same in words. */
  readonly lines: readonly string[];
}

/** Loads the first subject anew and has it answer. */
export async function measureAnswers(options: BenchOptions): Promise<Answers> {
  const conversations: ConversationTiming[] = [];
  const cards: CardTiming[] = [];
  const lines: string[] = [];
  const [subject] = options.subjects;
  if (subject === undefined || options.pictures + options.cards === 0) return { conversations, cards, lines };
  const { engine } = await loadQwenvl(engineOptions(subject, options, 4096));
  for (let seed = 0; seed < options.pictures; seed++)
    conversations.push(await timeConversation(engine, seed));
  if (options.cards > 0) await prepareCard(engine);
  for (let index = 0; index < options.cards; index++) cards.push(await timeCard(engine));
  await engine.close();
  const middle = (values: number[]): number => summarise(values).median;
  if (conversations.length > 0) {
    const first = middle(conversations.map(({ firstTurn }) => firstTurn));
    const second = middle(conversations.map(({ secondTurn }) => secondTurn));
    lines.push(
      `picture 1024x768 (${conversations[0]?.promptTokens ?? 0} tokens): first token after ${first.toFixed(0)} ms, second turn ${second.toFixed(0)} ms, ${(first / second).toFixed(1)} times faster`,
    );
  }
  if (cards.length > 0) {
    const held = middle(cards.map((card) => card.held));
    const free = middle(cards.map((card) => card.free));
    lines.push(
      `card of ${middle(cards.map(({ tokens }) => tokens)).toFixed(0)} tokens: held to its schema ${held.toFixed(0)} ms in ${middle(cards.map(({ steps }) => steps)).toFixed(0)} steps, free ${free.toFixed(0)} ms, ${(free / held).toFixed(2)} times faster`,
    );
  }
  return { conversations, cards, lines };
}
