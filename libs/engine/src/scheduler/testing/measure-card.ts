/**
 * Prints how much sooner the answer of an identity card is written when it is held to its schema: `npm run bench:card
 * -- EXPORT CHECKPOINT [ROUNDS]`. The same text is written both ways, token by token through the sampler, in turns.
 */
import { loadavg } from 'node:os';
import { Constrainer } from '../../grammar/constrain.js';
import { cardAnswer, cardFormats, cardSchema } from '../../grammar/testing/card-schema.js';
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
const schemas = {
  'formats of the fields': cardFormats,
  'texts of up to 80 characters or null': cardSchema,
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const free: number[] = [];
const held = new Map<string, { readonly times: number[]; steps: number }>();
for (let round = 0; round < Number(rounds); round++) {
  free.push(
    await timeAnswer(open, { prompt, maxTokens: ids.length, constraint: new Script(ids, vocabSize) }),
  );
  for (const [name, schema] of Object.entries(schemas)) {
    const within = constrainer.constrain({ constraint: { type: 'json-schema', schema } });
    const constraint = new Script(ids, vocabSize, within);
    const time = await timeAnswer(open, { prompt, maxTokens: ids.length, constraint });
    const entry = held.get(name) ?? { times: [], steps: constraint.chosen };
    entry.times.push(time);
    held.set(name, entry);
  }
}
await runtime.close();
const whole = median(free);
print(`${open.threads} threads, load average ${(loadavg()[0] ?? NaN).toFixed(1)}, ${ids.length} tokens`);
print(`free: ${whole.toFixed(0)} ms`);
for (const [name, { times, steps }] of held) {
  const time = median(times);
  print(`${name}: ${time.toFixed(0)} ms in ${steps} steps, ${(whole / time).toFixed(2)} times faster`);
}
