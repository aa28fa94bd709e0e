/**
 * Prints what guessing further tokens gains: `npm run bench:speculation -- EXPORT CHECKPOINT [ROUNDS]`. Answers are led
 * token by token: one repeats its prompt, one repeats parts of it between other tokens, one has nothing of it.
 */
import { loadavg } from 'node:os';
import { MropeRotary } from '../../positions/mrope-rotary.js';
import { Speculation } from '../speculation.js';
import { timeAnswer } from './answer-once.js';
import { openExport } from './open-export.js';
import { Script } from './script.js';

const [graphs, checkpoint, rounds = '2'] = process.argv.slice(2);
const open = await openExport(graphs, checkpoint);
const { vocabSize } = open.config.text;
const length = 96;
/** Tokens without a repeated pair. */
const fresh = (count: number, salt: number): number[] =>
  Array.from({ length: count }, (_, at) => 1000 + ((at * 7919 + salt * 104_729) % (vocabSize - 2000)));
const prompt = fresh(256, 1);
const other = fresh(length, 2);
const answers = {
  'repeats its prompt': prompt.slice(100, 100 + length),
  'repeats half of it': prompt
    .slice(100, 100 + length)
    .map((id, at) => (at % 16 < 8 ? id : (other[at] ?? id))),
  'repeats nothing': other,
};

/** Counts the tokens that were tried with each step that tries any. */
class Counted extends Speculation {
  tried: number[] = [];

  override draft(most: number, known: readonly number[]): readonly number[] {
    const draft = super.draft(most, known);
    this.tried.push(draft.length);
    return draft;
  }
}

/** Milliseconds of a step of so many rows at the end of the prompt, logits of each. */
async function timeRows(counts: readonly number[], turns: number): Promise<Map<number, number>> {
  const { runtime, config } = open;
  const rotary = new MropeRotary(config.text);
  const cache = runtime.createCache();
  const forward = async (ids: readonly number[], rows: readonly number[]): Promise<void> => {
    const places = ids.map((_, index) => cache.length + index);
    const embeds = await runtime.embed(Int32Array.from(ids));
    await runtime.forward([{ cache, embeds, ...rotary.text(places), logitRows: rows }]);
  };
  await forward(prompt, [0]);
  const times = new Map<number, number[]>(counts.map((count) => [count, []]));
  for (let turn = 0; turn < turns; turn++) {
    for (const [count, list] of times) {
      const rows = Array.from({ length: count }, (_, row) => row);
      const begin = performance.now();
      await forward(prompt.slice(0, count), rows);
      list.push(performance.now() - begin);
      cache.truncate(prompt.length);
    }
  }
  cache.release();
  return new Map([...times].map(([count, list]) => [count, median(list)]));
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
print(`${open.threads} threads, load average ${(loadavg()[0] ?? NaN).toFixed(1)}, ${length} tokens`);
const rows = await timeRows([1, 2, 4, 6, 8, 12, 16, 24], 16);
const single = rows.get(1) ?? NaN;
for (const [count, time] of rows)
  print(
    `a step of ${count} rows: ${time.toFixed(1)} ms, ${(time / single).toFixed(2)} times one of a single row`,
  );
for (const [name, ids] of Object.entries(answers)) {
  const off: number[] = [];
  const on: number[] = [];
  let tried: number[] = [];
  for (let round = 0; round < Number(rounds); round++) {
    const asked = { prompt, maxTokens: length };
    off.push(await timeAnswer(open, { ...asked, constraint: new Script(ids, vocabSize) }));
    const drafter = new Counted(prompt, [], open.runtime.exactRows);
    on.push(await timeAnswer(open, { ...asked, constraint: new Script(ids, vocabSize), drafter }));
    tried = drafter.tried;
  }
  const [without, guessing] = [median(off), median(on)];
  const guesses = tried.reduce((sum, count) => sum + count, 0);
  print(
    `${name}: ${without.toFixed(0)} ms without, ${guessing.toFixed(0)} ms with ${guesses} guesses in ${tried.length} steps, ${(without / guessing).toFixed(2)} times faster`,
  );
}
await open.runtime.close();
