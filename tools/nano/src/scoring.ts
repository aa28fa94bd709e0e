import { z } from 'zod';
import type { Sample } from './samples.js';

/** Scores of one kind of question; shares from 0 to 1. */
export interface Score {
  readonly samples: number;
  /** Final answers equal to the expected ones. */
  readonly exact: number;
  /** Cards only: fields that are right, and numbers (NIK) that are. */
  readonly fields?: number;
  readonly nik?: number;
}

/** What follows the thought. */
export function finalAnswer(text: string): string {
  return (text.split('</think>').at(-1) ?? '').trim();
}

const cardSchema = z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]));

/** A card's fields, nested ones joined by a dot; none when the text is no such JSON. */
export function cardFields(text: string): ReadonlyMap<string, string> {
  const card = cardSchema.safeParse(parseJson(text));
  const fields = new Map<string, string>();
  for (const [key, value] of Object.entries(card.data ?? {})) {
    if (typeof value === 'string') fields.set(key, value);
    else for (const [inner, text] of Object.entries(value)) fields.set(`${key}.${inner}`, text);
  }
  return fields;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Scores by kind, in the samples' order; `answers` are full texts by sample id. */
export function scoreByKind(
  samples: readonly Sample[],
  answers: Readonly<Record<string, string>>,
): ReadonlyMap<string, Score> {
  const kinds = new Map<string, Sample[]>();
  for (const sample of samples) kinds.set(sample.kind, [...(kinds.get(sample.kind) ?? []), sample]);
  const answerTo = (sample: Sample): string => finalAnswer(answers[sample.id] ?? '');
  return new Map(
    [...kinds].map(([kind, members]) => [
      kind,
      {
        samples: members.length,
        exact: share(members.map((sample) => answerTo(sample) === sample.expected)),
        ...(kind === 'card' ? scoreCards(members, answerTo) : {}),
      },
    ]),
  );
}

function scoreCards(
  cards: readonly Sample[],
  answerTo: (card: Sample) => string,
): Pick<Score, 'fields' | 'nik'> {
  const right = cards.map((card) => {
    const got = cardFields(answerTo(card));
    return [...cardFields(card.expected)].map(([key, value]) => ({ key, right: got.get(key) === value }));
  });
  const all = right.flat();
  return {
    fields: share(all.map((field) => field.right)),
    nik: share(all.filter((field) => field.key === 'nik').map((field) => field.right)),
  };
}

function share(values: readonly boolean[]): number {
  return values.filter(Boolean).length / values.length;
}
