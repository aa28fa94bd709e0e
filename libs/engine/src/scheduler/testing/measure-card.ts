/**
 * Prints how much sooner the answer of an identity card is written when it is held to its schema, and when another
 * reader's reading is its prediction besides: `npm run bench:card -- EXPORT CHECKPOINT [ROUNDS]`. The same text is
 * written every way, token by token through the sampler, in turns.
 */
import { loadavg } from 'node:os';
import { cardAnswer, cardFormats, cardMisread, cardSchema } from '../../grammar/testing/card-schema.js';
import { LedAnswers } from './led-answers.js';
import { openExport } from './open-export.js';

const [graphs, checkpoint, rounds = '3'] = process.argv.slice(2);
const open = await openExport(graphs, checkpoint);
const answers = new LedAnswers(open);
const formats = 'formats of the fields';
const texts = 'texts of up to 80 characters or null';
const ways: Record<string, { readonly schema: Record<string, unknown>; readonly prediction?: string }> = {
  [formats]: { schema: cardFormats },
  [texts]: { schema: cardSchema },
  [`${formats}, predicted`]: { schema: cardFormats, prediction: cardAnswer },
  [`${texts}, predicted`]: { schema: cardSchema, prediction: cardAnswer },
  [`${formats}, predicted with four mistakes`]: { schema: cardFormats, prediction: cardMisread },
  [`${texts}, predicted with four mistakes`]: { schema: cardSchema, prediction: cardMisread },
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const free: number[] = [];
let length = 0;
const held = new Map<string, { readonly times: number[]; readonly chosen: number }>();
for (let round = 0; round < Number(rounds); round++) {
  const { ms, tokens } = await answers.time({ text: cardAnswer });
  free.push(ms);
  length = tokens;
  for (const [name, way] of Object.entries(ways)) {
    const timed = await answers.time({ text: cardAnswer, ...way });
    const entry = held.get(name) ?? { times: [], chosen: timed.chosen };
    entry.times.push(timed.ms);
    held.set(name, entry);
  }
}
await open.runtime.close();
const whole = median(free);
print(`${open.threads} threads, load average ${(loadavg()[0] ?? NaN).toFixed(1)}, ${length} tokens`);
print(`free: ${whole.toFixed(0)} ms`);
for (const [name, { times, chosen }] of held) {
  const time = median(times);
  print(`${name}: ${time.toFixed(0)} ms, ${chosen} tokens chosen, ${(whole / time).toFixed(2)} times faster`);
}
