import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Tokenizer } from '../tokenizer/tokenizer.js';
import { tokenizerSchema } from '../tokenizer/tokenizer-schema.js';
import { CompiledGrammar } from './compiled-grammar.js';
import { constraintGrammar } from './constraint-grammar.js';
import type { OutputConstraint } from './output-constraint.js';
import { randomSchema } from './testing/random-schema.js';
import { TokenMasks } from './token-masks.js';

const file = new URL('../../../nano/checkpoint/tokenizer.json', import.meta.url);
const { vocabulary } = new Tokenizer(tokenizerSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
const eos = vocabulary.addedId('<|im_end|>')!;
const vocabSize = vocabulary.size + 50;
const tokens = new TokenMasks(vocabulary, vocabSize, [eos]);

const constraints: OutputConstraint[] = [
  ...Array.from({ length: 20 }, (_, seed) => ({ type: 'json-schema', schema: randomSchema(seed) }) as const),
  { type: 'json-schema', schema: { anyOf: [{ type: 'string', maxLength: 6 }, { pattern: '^a.*$' }] } },
  { type: 'json-object' },
  { type: 'choice', choices: ['yes', 'yesterday', '日本'] },
  { type: 'grammar', grammar: 'root ::= [^a]{2,5} | "a" root' },
];

it.each(constraints)('a mask has the tokens that can be followed, and no others: %j', (constraint) => {
  const { root, isProductive } = constraintGrammar(constraint);
  const grammar = new CompiledGrammar(root, isProductive, tokens);
  let state = grammar.start;
  let random = 7;
  for (let step = 0; step < 25; step += 1) {
    const mask = grammar.maskIn(state);
    const allowed: number[] = [];
    for (let id = 0; id < vocabSize; id += 1) {
      const isAllowed = ((mask[id >> 5]! >>> (id & 31)) & 1) === 1;
      const isRight = id === eos ? state.isEnd : grammar.follow(state, id) !== undefined;
      if (isAllowed !== isRight) expect({ id, isAllowed }).toEqual({ id, isAllowed: isRight });
      if (isAllowed && id !== eos) allowed.push(id);
    }
    random = (random * 48271) % 2147483647;
    const next = allowed[random % allowed.length];
    if (next === undefined) return;
    state = grammar.follow(state, next)!;
  }
});
