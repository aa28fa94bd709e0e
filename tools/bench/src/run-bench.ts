import { monitorEventLoopDelay } from 'node:perf_hooks';
import { MachineLoad } from './machine-load.js';
import { newPrompt } from './prompts.js';
import { sharedRate } from './shared-rate.js';
import { summarise, type Summary } from './statistics.js';
import type { HeldPrompt, Subject } from './subject.js';

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
  readonly unit: 'ms' | 'tokens/s' | 'MB' | 's';
  readonly values: Readonly<Record<string, Summary>>;
  /** Processors that other work kept busy meanwhile. */
  readonly load: number;
}

/** Tokens of the prompts of several answers at once. */
const streamContext = 64;

type Values = Map<string, number[]>;

async function row(
  name: string,
  unit: Row['unit'],
  subjects: readonly Subject[],
  rounds: number,
  measure: (subject: Subject) => Promise<readonly number[]>,
): Promise<Row> {
  const load = new MachineLoad();
  await load.begin();
  const values: Values = new Map(subjects.map((subject) => [subject.name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const subject of inTurn(subjects, round))
      values.get(subject.name)?.push(...(await measure(subject)));
  }
  return { name, unit, load: await load.end(), values: summaries(values) };
}

/** To and fro, so that none always comes after the same other. */
const inTurn = <T>(subjects: readonly T[], round: number): readonly T[] =>
  round % 2 === 0 ? subjects : [...subjects].reverse();

const summaries = (values: Values): Row['values'] =>
  Object.fromEntries([...values].map(([subject, all]) => [subject, summarise(all)]));

/** Measures the subjects in turn and yields row after row. */
export async function* runBench(subjects: readonly Subject[], plan: Plan): AsyncGenerator<Row> {
  for (const tokens of plan.prompts) {
    yield await row(`prefill ${tokens}`, 'tokens/s', subjects, plan.rounds, async (subject) => {
      const { first } = await subject.answer(newPrompt(tokens), 1);
      return [(1000 * tokens) / first];
    });
  }
  for (const context of plan.contexts) yield* atContext(context, subjects, plan);
  const able = subjects.filter(({ answerAll }) => answerAll !== undefined);
  if (able.length > 0 && plan.streams.length > 0) yield* atOnce(able, plan);
}

/** Several answers at once. All numbers of them take turns, since what counts is how they compare. */
async function* atOnce(subjects: readonly Subject[], { streams, rounds, steps }: Plan): AsyncGenerator<Row> {
  const load = new MachineLoad();
  await load.begin();
  const empty = (): Values => new Map(subjects.map(({ name }) => [name, []]));
  const rates = new Map(streams.map((count) => [count, empty()]));
  const delays = empty();
  for (let round = 0; round < rounds; round++) {
    for (const [count, values] of rates) {
      for (const subject of inTurn(subjects, round)) {
        const prompts = Array.from({ length: count }, () => newPrompt(streamContext));
        const delay = monitorEventLoopDelay({ resolution: 1 });
        delay.enable();
        // Whoever begins first takes up to three steps more for each answer that begins after it.
        const timings = (await subject.answerAll?.(prompts, steps + 3 * count)) ?? [];
        delay.disable();
        values.get(subject.name)?.push(sharedRate(timings));
        if (count === 4) delays.get(subject.name)?.push(delay.percentile(99) / 1e6);
      }
    }
  }
  const others = await load.end();
  for (const [count, values] of rates) {
    yield { name: `${count} streams`, unit: 'tokens/s', load: others, values: summaries(values) };
    if (count === 4) yield { name: 'main loop, p99', unit: 'ms', load: NaN, values: summaries(delays) };
  }
}

/** Each subject computes a prompt of that length once and keeps it; then they decode from its end in turn. */
async function* atContext(context: number, subjects: readonly Subject[], plan: Plan): AsyncGenerator<Row> {
  const held = new Map<Subject, HeldPrompt>();
  const fill = await row(`prefill ${context}, once`, 'tokens/s', subjects, 1, async (subject) => {
    const prompt = await subject.hold(newPrompt(context));
    held.set(subject, prompt);
    return [(1000 * context) / prompt.filled];
  });
  if (context > Math.max(512, ...plan.prompts)) yield fill;
  yield await row(`decode at ${context}`, 'ms', subjects, plan.rounds, async (subject) => {
    return (await held.get(subject)?.steps(plan.steps + 1))?.slice(1) ?? [];
  });
}
