/**
 * Prints how much sooner a model reads cards when its answer is held to the reader's schema, and when what the offline
 * reader has read is its prediction: `npm run bench:readings -- EXPORT CHECKPOINT READINGS`, where `READINGS` is the
 * file that `npm run ktp:readings` writes. Each card's text is the same every way, written token by token through the
 * sampler. The time of the offline reader is counted with the prediction, which is not there without it.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { z } from 'zod';
import { Constrainer } from '../../grammar/constrain.js';
import { Speculation } from '../speculation.js';
import { timeAnswer } from './answer-once.js';
import { openExport } from './open-export.js';
import { Script } from './script.js';

const fileSchema = z.object({
  schema: z.record(z.string(), z.unknown()),
  readings: z.array(z.object({ answer: z.string(), prediction: z.string(), offline: z.number() })),
});

const [graphs, checkpoint, file] = process.argv.slice(2);
if (file === undefined) throw new Error('give an export, its checkpoint and a file of readings');
const { schema, readings } = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
const open = await openExport(graphs, checkpoint);
const { tokenizer, runtime, config } = open;
const { vocabSize } = config.text;
const eos = tokenizer.vocabulary.addedId('<|im_end|>') ?? 0;
const constrainer = new Constrainer({ tokenizer }, { eosTokenIds: [eos], thinking: false, vocabSize });
const prompt = Array.from({ length: 64 }, (_, at) => 1000 + at);

/** Milliseconds of an answer, and how many of its tokens were chosen. */
async function time(text: string, isHeld: boolean, prediction = ''): Promise<[number, number]> {
  const ids = [...tokenizer.encodePlain(text), eos];
  const within = isHeld ? constrainer.constrain({ constraint: { type: 'json-schema', schema } }) : undefined;
  const constraint = new Script(ids, vocabSize, within);
  const drafter = prediction === '' ? undefined : new Speculation(prompt, tokenizer.encodePlain(prediction));
  const asked = { prompt, maxTokens: ids.length, constraint, ...(drafter && { drafter }) };
  return [await timeAnswer(open, asked), constraint.chosen];
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
print(`${open.threads} threads, load average ${(loadavg()[0] ?? NaN).toFixed(1)}`);
const sum = { free: 0, held: 0, predicted: 0, offline: 0 };
for (const { answer, prediction, offline } of readings) {
  const [free, tokens] = await time(answer, false);
  const [held, chosen] = await time(answer, true);
  const [predicted] = await time(answer, true, prediction);
  sum.free += free;
  sum.held += held;
  sum.predicted += predicted;
  sum.offline += offline;
  print(
    `${tokens} tokens in ${seconds(free)} s, held (${chosen} chosen) ${seconds(held)} s, predicted ${seconds(predicted)} s and offline ${seconds(offline)} s`,
  );
}
await runtime.close();
const ratio = (milliseconds: number): string => (sum.free / milliseconds).toFixed(2);
print(
  `held: ${ratio(sum.held)} times faster; with the prediction ${ratio(sum.predicted)}, ${ratio(sum.predicted + sum.offline)} with the offline reader's time`,
);
