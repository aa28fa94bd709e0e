/**
 * Prints what compiling schemas and masking tokens costs with a whole vocabulary: `npm run bench:mask`.
 * Without an argument it is Qwen's, of the fixtures, padded as in Qwen3-VL; else that of a checkpoint's folder.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { goldenJson } from '../../testing/golden-files.js';
import { Tokenizer } from '../../tokenizer/tokenizer.js';
import { tokenizerSchema } from '../../tokenizer/tokenizer-schema.js';
import { constraintGrammar } from '../constraint-grammar.js';
import { GrammarCompiler } from '../grammar-compiler.js';
import { parseOutputConstraint } from '../output-constraint.js';
import { cardSchema } from './card-schema.js';
import { randomSchema } from './random-schema.js';

/** Entries of Qwen3-VL's output layer; the tokenizer itself has 151,669. */
const paddedSize = 151_936;
const answersPerSchema = 2;
const maxTokens = 200;

const [folder] = process.argv.slice(2);
const json =
  folder === undefined
    ? goldenJson('tokenizer/tokenizer.json.gz', tokenizerSchema)
    : tokenizerSchema.parse(JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')));
const { vocabulary } = new Tokenizer(json);
const eos = z.int().parse(vocabulary.addedId('<|im_end|>'));
const vocabSize = Math.max(vocabulary.size, folder === undefined ? paddedSize : 0);
const compiler = new GrammarCompiler(vocabulary, vocabSize, [eos]);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const ms = (value: number): string => `${value < 10 ? value.toFixed(3) : value.toFixed(0)} ms`;

const schemas: readonly (readonly [name: string, schema: Record<string, unknown>])[] = [
  ['boolean', { type: 'boolean' }],
  ['any object', { type: 'object' }],
  ['two strings', { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } }],
  ['16 digits', { type: 'string', pattern: '^[0-9]{16}$' }],
  ['string of 1-20', { type: 'string', minLength: 1, maxLength: 20 }],
  ['identity card', cardSchema],
  ['random 7', randomSchema(7)],
  ['random 12', randomSchema(12)],
];

say(
  `${vocabulary.size} tokens, masks of ${vocabSize}; ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(2)}`,
);
let start = performance.now();
await compiler.compile({ type: 'ebnf', text: 'root ::= "x"' });
say(`start of the library with this vocabulary: ${ms(performance.now() - start)}\n`);
say(
  `${'schema'.padEnd(16)}${'compile'.padStart(12)}${'again'.padStart(12)}${'masks'.padStart(8)}${'median'.padStart(12)}${'p95'.padStart(12)}${'worst'.padStart(12)}`,
);

for (const [name, schema] of schemas) {
  const { source } = constraintGrammar(parseOutputConstraint({ type: 'json-schema', schema }));
  start = performance.now();
  await compiler.compile(source);
  const compile = performance.now() - start;
  start = performance.now();
  await compiler.compile(source);
  const again = performance.now() - start;
  const times: number[] = [];
  for (let answer = 0; answer < answersPerSchema; answer += 1) times.push(...(await follow(source, answer)));
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? NaN;
  const cells = [compile, again].map((value) => ms(value).padStart(12));
  const masks = [at(0.5), at(0.95), times.at(-1) ?? NaN].map((value) => ms(value).padStart(12));
  say(`${name.padEnd(16)}${cells.join('')}${String(times.length).padStart(8)}${masks.join('')}`);
}
say(`\nmemory of the process: ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`);

/** Times of the masks of one answer that takes any allowed token. */
async function follow(source: Parameters<typeof compiler.matcher>[0], seed: number): Promise<number[]> {
  const matcher = await compiler.matcher(source, false);
  const times: number[] = [];
  let state = seed + 1;
  while (times.length < maxTokens) {
    const begun = performance.now();
    const mask = matcher.allowed();
    times.push(performance.now() - begun);
    const allowed: number[] = [];
    for (let id = 0; id < vocabSize; id += 1)
      if ((((mask[id >> 5] ?? 0) >>> (id & 31)) & 1) === 1) allowed.push(id);
    state = (state * 48271) % 2147483647;
    const token = allowed.includes(eos) ? eos : allowed[state % allowed.length];
    if (token === undefined || token === eos) break;
    matcher.accept(token);
  }
  matcher.dispose();
  return times;
}
