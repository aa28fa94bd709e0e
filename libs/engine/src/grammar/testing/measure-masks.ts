/**
 * Prints what grammars and masks cost with a whole vocabulary: `npm run bench:mask -- [checkpoint's folder]`.
 * Without an argument it is Qwen's, of the fixtures, padded as in Qwen3-VL.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { goldenJson } from '../../testing/golden-files.js';
import { Tokenizer } from '../../tokenizer/tokenizer.js';
import { tokenizerSchema } from '../../tokenizer/tokenizer-schema.js';
import { CompiledGrammar } from '../compiled-grammar.js';
import { constraintGrammar } from '../constraint-grammar.js';
import { checkOutputConstraint, type OutputConstraint } from '../output-constraint.js';
import { TokenMasks } from '../token-masks.js';
import { cardSchema } from './card-schema.js';
import { randomSchema } from './random-schema.js';

/** Entries of Qwen3-VL's output layer; the tokenizer itself has 151,669. */
const paddedSize = 151_936;
const answersPerConstraint = 5;
const maxTokens = 400;

const schemas: readonly (readonly [name: string, schema: Record<string, unknown>])[] = [
  ['boolean', { type: 'boolean' }],
  ['any object', { type: 'object' }],
  ['two strings', { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } }],
  ['16 digits', { type: 'string', pattern: '^[0-9]{16}$' }],
  ['string of 1-20', { type: 'string', minLength: 1, maxLength: 20 }],
  ['string of up to 200', { type: 'string', maxLength: 200 }],
  ['string of 200-4000', { type: 'string', minLength: 200, maxLength: 4000 }],
  ['pattern ^[^x]{5,200}$', { type: 'string', pattern: '^[^x]{5,200}$' }],
  ['date and time', { type: 'string', format: 'date-time' }],
  ['integer from 18', { type: 'integer', minimum: 18 }],
  ['identity card', cardSchema],
  ['random 7', randomSchema(7)],
  ['random 12', randomSchema(12)],
];
const constraints: readonly (readonly [name: string, constraint: OutputConstraint])[] = [
  ...schemas.map(([name, schema]) => [name, { type: 'json-schema', schema }] as const),
  [
    '1000 choices',
    { type: 'choice', choices: Array.from({ length: 1000 }, (_, index) => `choice ${index}`) },
  ],
  ['grammar', { type: 'grammar', grammar: 'root ::= (word " ")+ "."\nword ::= [a-z]+ | "(" root ")"' }],
];

const [folder] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const ms = (value: number): string => `${value.toFixed(value < 10 ? 3 : 0)} ms`.padStart(11);
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? NaN;

const json =
  folder === undefined
    ? goldenJson('tokenizer/tokenizer.json.gz', tokenizerSchema)
    : tokenizerSchema.parse(JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')));
const { vocabulary } = new Tokenizer(json);
const eos = z.int().parse(vocabulary.addedId('<|im_end|>'));
const vocabSize = Math.max(vocabulary.size, folder === undefined ? paddedSize : 0);
say(`${cpus()[0]?.model ?? '?'}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(2) ?? '?'}`);
const started = performance.now();
const tokens = new TokenMasks(vocabulary, vocabSize, [eos]);
say(
  `${vocabulary.size} tokens, masks of ${vocabSize}: made ready in ${ms(performance.now() - started).trim()}, once`,
);
say(
  `${'constraint'.padEnd(24)}${['compile', 'tokens', 'new masks', 'median', 'p95', 'worst', 'known'].map((head) => head.padStart(11)).join('')}`,
);

const all: number[] = [];
for (const [name, constraint] of constraints) {
  const begun = performance.now();
  const { root, isProductive } = constraintGrammar(checkOutputConstraint(constraint));
  const grammar = new CompiledGrammar(root, isProductive, tokens);
  const compile = performance.now() - begun;
  const fresh: number[] = [];
  const known: number[] = [];
  let taken = 0;
  for (let answer = 0; answer < answersPerConstraint; answer += 1)
    taken += follow(grammar, answer + 1, fresh, known);
  fresh.sort((a, b) => a - b);
  known.sort((a, b) => a - b);
  all.push(...fresh, ...known);
  const masks = [0.5, 0.95, 1].map((share) => ms(quantile(fresh, share)));
  const counts = [taken, fresh.length].map((count) => String(count).padStart(11));
  say(`${name.padEnd(24)}${ms(compile)}${counts.join('')}${masks.join('')}${ms(quantile(known, 0.5))}`);
}
all.sort((a, b) => a - b);
say(
  `\nall ${all.length} steps: median${ms(quantile(all, 0.5))}, p95${ms(quantile(all, 0.95))}, worst${ms(quantile(all, 1))}`,
);
say(`memory of the process: ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`);

/** Times of the steps of one answer that takes any allowed token: following it, and the mask after it. */
function follow(grammar: CompiledGrammar, seed: number, fresh: number[], known: number[]): number {
  const matcher = grammar.matcher(false);
  let state = seed;
  let taken = 0;
  let token: number | undefined;
  for (; taken < maxTokens; taken += 1) {
    const made = grammar.madeMasks;
    const begun = performance.now();
    if (token !== undefined) matcher.accept(token);
    const mask = matcher.allowed();
    (grammar.madeMasks > made ? fresh : known).push(performance.now() - begun);
    const allowed: number[] = [];
    for (let id = 0; id < vocabSize; id += 1)
      if ((((mask[id >> 5] ?? 0) >>> (id & 31)) & 1) === 1) allowed.push(id);
    state = (state * 48271) % 2147483647;
    token = allowed.includes(eos) && allowed.length < 20 ? eos : allowed[state % allowed.length];
    if (token === undefined || token === eos) break;
  }
  return taken;
}
