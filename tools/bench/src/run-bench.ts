import { loadavg } from 'node:os';
import { summarise, type Summary } from './statistics.js';
import type { Subject, Timing } from './subject.js';

/** What to measure. */
export interface Plan {
  /** Lengths of prompts whose prefill is measured. */
  readonly prompts: readonly number[];
  /** Contexts at which decoding is measured. */
  readonly contexts: readonly number[];
  /** Numbers of answers at the same time, at a context of {@link streamContext}. */
  readonly streams: readonly number[];
  /** Times that everything is repeated, the subjects taking turns. */
  readonly rounds: number;
  /** Decode steps in a round. */
  readonly steps: number;
}

/** One row of the report: the same measurement of each subject. */
export interface Row {
  readonly name: string;
  readonly unit: 'ms' | 'tokens/s';
  readonly values: Readonly<Record<string, Summary>>;
  /** Load average of the last minute when it began. */
  readonly load: number;
}

/** Tokens of the prompts of several answers at once. */
const streamContext = 64;

let salt = 0;

/** Ids that no run before has had, so that nothing can be kept of it. */
function prompt(tokens: number): number[] {
  salt++;
  return Array.from({ length: tokens }, (_, index) => 1000 + ((index * 7919 + salt * 104_729) % 140_000));
}

async function row(
  name: string,
  unit: Row['unit'],
  subjects: readonly Subject[],
  rounds: number,
  measure: (subject: Subject) => Promise<readonly number[]>,
): Promise<Row> {
  const [load = NaN] = loadavg();
  const values = new Map<string, number[]>(subjects.map((subject) => [subject.name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) values.get(subject.name)?.push(...(await measure(subject)));
  }
  return {
    name,
    unit,
    load,
    values: Object.fromEntries([...values].map(([subject, all]) => [subject, summarise(all)])),
  };
}

/** Total tokens a second of several answers, from the last of their first tokens on. */
function rate(timings: readonly Timing[]): number {
  const ends = timings.map(({ first, steps }) => first + steps.reduce((sum, step) => sum + step, 0));
  const begin = Math.max(...timings.map(({ first }) => first));
  const inside = timings.reduce((count, { first, steps }) => {
    let at = first;
    return count + steps.filter((step) => (at += step) > begin).length;
  }, 0);
  return (1000 * inside) / (Math.max(...ends) - begin);
}

/** Measures the subjects in turn and yields row after row. */
export async function* runBench(subjects: readonly Subject[], plan: Plan): AsyncGenerator<Row> {
  for (const subject of subjects) await subject.answer(prompt(16), 4);
  for (const tokens of plan.prompts) {
    yield await row(`prefill ${tokens}`, 'tokens/s', subjects, plan.rounds, async (subject) => {
      const { first } = await subject.answer(prompt(tokens), 1);
      return [(1000 * tokens) / first];
    });
  }
  for (const context of plan.contexts) {
    yield await row(`decode at ${context}`, 'ms', subjects, plan.rounds, async (subject) => {
      // The first steps after a prefill are left out: caches and threads settle.
      const { steps } = await subject.answer(prompt(context), plan.steps + 3);
      return steps.slice(2);
    });
  }
  const able = subjects.filter(({ answerAll }) => answerAll !== undefined);
  for (const count of able.length > 0 ? plan.streams : []) {
    yield await row(`${count} streams`, 'tokens/s', able, plan.rounds, async (subject) => {
      const prompts = Array.from({ length: count }, () => prompt(streamContext));
      return [rate((await subject.answerAll?.(prompts, plan.steps + 3)) ?? [])];
    });
  }
}
