/**
 * Prints how much sooner a model reads cards when its answer is held to the reader's schema, and when what the offline
 * reader has read is its prediction: `npm run bench:readings -- EXPORT CHECKPOINT READINGS`, where `READINGS` is the
 * file that `npm run ktp:readings` writes. Each card's text is the same every way, written token by token through the
 * sampler. The time of the offline reader is counted with the prediction, which is not there without it.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { z } from 'zod';
import { LedAnswers } from './led-answers.js';
import { openExport } from './open-export.js';

const fileSchema = z.object({
  schema: z.record(z.string(), z.unknown()),
  readings: z.array(z.object({ answer: z.string(), prediction: z.string(), offline: z.number() })),
});

const [graphs, checkpoint, file] = process.argv.slice(2);
if (file === undefined) throw new Error('give an export, its checkpoint and a file of readings');
const { schema, readings } = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
const open = await openExport(graphs, checkpoint);
const answers = new LedAnswers(open);

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
print(`${open.threads} threads, load average ${(loadavg()[0] ?? NaN).toFixed(1)}`);
const sum = { free: 0, held: 0, predicted: 0, offline: 0 };
for (const { answer: text, prediction, offline } of readings) {
  const free = await answers.time({ text });
  const held = await answers.time({ text, schema });
  const predicted = await answers.time({ text, schema, prediction });
  sum.free += free.ms;
  sum.held += held.ms;
  sum.predicted += predicted.ms;
  sum.offline += offline;
  print(
    `${free.tokens} tokens in ${seconds(free.ms)} s, held (${held.chosen} chosen) ${seconds(held.ms)} s, predicted ${seconds(predicted.ms)} s and offline ${seconds(offline)} s`,
  );
}
await open.runtime.close();
const ratio = (milliseconds: number): string => (sum.free / milliseconds).toFixed(2);
print(
  `held: ${ratio(sum.held)} times faster; with the prediction ${ratio(sum.predicted)}, ${ratio(sum.predicted + sum.offline)} with the offline reader's time`,
);
