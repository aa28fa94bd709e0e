/**
 * Prints what guessing further tokens gains: `npm run bench:speculation -- EXPORT CHECKPOINT [ROUNDS]`. Answers are led
 * token by token: one repeats its prompt, one repeats parts of it between other tokens, one has nothing of it.
 */
import { loadavg } from 'node:os';
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

/** Counts the steps of an answer. */
class Counted extends Speculation {
  steps = 0;

  override draft(most: number): readonly number[] {
    this.steps += 1;
    return super.draft(most);
  }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
print(`${open.threads} threads, load average ${(loadavg()[0] ?? NaN).toFixed(1)}, ${length} tokens`);
for (const [name, ids] of Object.entries(answers)) {
  const off: number[] = [];
  const on: number[] = [];
  let steps = 0;
  for (let round = 0; round < Number(rounds); round++) {
    const asked = { prompt, maxTokens: length };
    off.push(await timeAnswer(open, { ...asked, constraint: new Script(ids, vocabSize) }));
    const drafter = new Counted(prompt);
    on.push(await timeAnswer(open, { ...asked, constraint: new Script(ids, vocabSize), drafter }));
    steps = drafter.steps;
  }
  const [without, guessing] = [median(off), median(on)];
  const each = ((length - 1) / steps).toFixed(2);
  print(
    `${name}: ${without.toFixed(0)} ms without, ${guessing.toFixed(0)} ms with guesses in ${steps} steps (${each} tokens each), ${(without / guessing).toFixed(2)} times faster`,
  );
}
await open.runtime.close();
