/**
 * Prints how much sooner the answer of an identity card is written when it is held to its schema, and when another
 * reader's reading is its prediction besides: `npm run bench:card -- EXPORT CHECKPOINT [ROUNDS]`. The same text is
 * written every way, token by token through the sampler, in turns.
 */
import { loadavg } from 'node:os';
import { Constrainer } from '../../grammar/constrain.js';
import { cardAnswer, cardFormats, cardMisread, cardSchema } from '../../grammar/testing/card-schema.js';
import { Speculation } from '../speculation.js';
import { timeAnswer } from './answer-once.js';
import { openExport } from './open-export.js';
import { Script } from './script.js';

const [graphs, checkpoint, rounds = '3'] = process.argv.slice(2);
const open = await openExport(graphs, checkpoint);
const { tokenizer, runtime, config } = open;
const { vocabSize } = config.text;
const eos = tokenizer.vocabulary.addedId('<|im_end|>') ?? 0;
const ids = [...tokenizer.encodePlain(cardAnswer), eos];
const constrainer = new Constrainer({ tokenizer }, { eosTokenIds: [eos], thinking: false, vocabSize });
const prompt = Array.from({ length: 64 }, (_, at) => 1000 + at);
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
const held = new Map<string, { readonly times: number[]; readonly chosen: number }>();
for (let round = 0; round < Number(rounds); round++) {
  free.push(
    await timeAnswer(open, { prompt, maxTokens: ids.length, constraint: new Script(ids, vocabSize) }),
  );
  for (const [name, { schema, prediction }] of Object.entries(ways)) {
    const within = constrainer.constrain({ constraint: { type: 'json-schema', schema } });
    const constraint = new Script(ids, vocabSize, within);
    const drafter = prediction && new Speculation(prompt, tokenizer.encodePlain(prediction));
    const asked = { prompt, maxTokens: ids.length, constraint, ...(drafter && { drafter }) };
    const time = await timeAnswer(open, asked);
    const entry = held.get(name) ?? { times: [], chosen: constraint.chosen };
    entry.times.push(time);
    held.set(name, entry);
  }
}
await runtime.close();
const whole = median(free);
print(`${open.threads} threads, load average ${(loadavg()[0] ?? NaN).toFixed(1)}, ${ids.length} tokens`);
print(`free: ${whole.toFixed(0)} ms`);
for (const [name, { times, chosen }] of held) {
  const time = median(times);
  print(`${name}: ${time.toFixed(0)} ms, ${chosen} tokens chosen, ${(whole / time).toFixed(2)} times faster`);
}
