import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../errors.js';
import { Tokenizer } from '../tokenizer/tokenizer.js';
import { tokenizerSchema } from '../tokenizer/tokenizer-schema.js';
import { Constrainer } from './constrain.js';
import type { OutputConstraint } from './output-constraint.js';
import { randomSchema } from './testing/random-schema.js';

const file = new URL('../../../nano/checkpoint/tokenizer.json', import.meta.url);
const tokenizer = new Tokenizer(tokenizerSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
const eos = tokenizer.vocabulary.addedId('<|im_end|>')!;
const vocabSize = tokenizer.vocabulary.size;
const constrainer = new Constrainer({ tokenizer }, { eosTokenIds: [eos], thinking: false, vocabSize });
const ajv = addFormats.default(new Ajv2020({ strict: false }));

/** A model without a mind: any allowed token is as good as another, and only the mask makes sense of them. */
function babble(constraint: OutputConstraint, seed: number, maxTokens = 4000): string {
  const following = constrainer.constrain({ constraint })!;
  let state = seed + 1;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const tokens: number[] = [];
  const take = (id: number): boolean => {
    if (id === eos) return true;
    tokens.push(id);
    following.accept(id);
    return false;
  };
  while (tokens.length < maxTokens) {
    const mask = following.allowed()!;
    const allowed = Array.from({ length: vocabSize }, (_, id) => id).filter(
      (id) => ((mask[id >> 5]! >>> (id & 31)) & 1) === 1,
    );
    expect(allowed).not.toEqual([]);
    if (take(allowed[Math.floor(random() * allowed.length)]!)) break;
    following.forced().forEach(take);
  }
  expect(tokens.length).toBeLessThan(maxTokens);
  return tokenizer.decode(tokens);
}

describe('an answer held to a schema', () => {
  it.each(Array.from({ length: 200 }, (_, seed) => seed))('is valid: schema %i', (seed) => {
    const schema = randomSchema(seed);
    const text = babble({ type: 'json-schema', schema }, seed);
    const isValid = ajv.validate(schema, JSON.parse(text));
    expect({ isValid, errors: ajv.errors, schema, text }).toMatchObject({ isValid: true });
  });
});

/** Takes a text as its tokenizer writes it, and gives the tokens that were chosen; forced ones must be the same. */
function follow(constraint: OutputConstraint, text: string): number[] {
  const following = constrainer.constrain({ constraint })!;
  const ids = tokenizer.encodePlain(text);
  const chosen: number[] = [];
  for (let at = 0; at < ids.length;) {
    const id = ids[at++]!;
    expect(following.allowed()![id >> 5]! >>> (id & 31) && 1).toBe(1);
    following.accept(id);
    chosen.push(id);
    for (const forced of following.forced()) {
      expect(forced).toBe(ids[at++]);
      following.accept(forced);
    }
  }
  return chosen;
}

describe('tokens that are forced', () => {
  it.each(Array.from({ length: 200 }, (_, seed) => seed))(
    'are those that the tokenizer writes: schema %i',
    (seed) => {
      const constraint = { type: 'json-schema', schema: randomSchema(seed) } as const;
      const text = babble(constraint, seed + 1000);
      if (text === text.normalize('NFC')) follow(constraint, text);
    },
  );

  it('are all that have no alternative: keys, separators, quotes, the rest of a choice', () => {
    const patterns = {
      born: '^[0-9]{2}-[0-9]{2}$',
      area: '^[0-9]/[0-9]$',
      sex: '^(LAKI-LAKI|PEREMPUAN)$',
      until: '^SEUMUR HIDUP$',
      name: '^[A-Z]{1,30}$',
    };
    const schema = {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(patterns).map(([name, pattern]) => [name, { type: 'string', pattern }]),
      ),
      required: Object.keys(patterns),
      additionalProperties: false,
    };
    const text =
      '{"born": "05-06", "area": "4/7", "sex": "PEREMPUAN", "until": "SEUMUR HIDUP", "name": "SITI"}';
    const chosen = follow({ type: 'json-schema', schema }, text).map((id) => tokenizer.decode([id]));
    const [per] = tokenizer.encodePlain('PEREMPUAN');
    const siti = tokenizer.encodePlain('SITI').map((id) => tokenizer.decode([id]));
    expect(chosen).toEqual(['{"', '0', '5', '0', '6', '4', '7', tokenizer.decode([per!]), ...siti, '"']);
  });

  it('end before a token that may reach into what follows', () => {
    const choices = ['understand', 'understanding', 'under it'];
    for (const text of choices) {
      const [first] = tokenizer.encodePlain(text);
      expect(follow({ type: 'choice', choices }, text)[0]).toBe(first);
    }
    expect(constrainer.constrain({ constraint: { type: 'choice', choices } })!.forced()).toEqual([]);
  });
});

describe('an answer held to something else', () => {
  it('is one of the choices', () => {
    const choices = ['yes', 'no "way"', '日本\n'];
    for (let seed = 0; seed < 10; seed += 1)
      expect(choices).toContain(babble({ type: 'choice', choices }, seed));
  });

  it('follows a grammar', () => {
    const grammar = 'root ::= digit digit ":" digit\ndigit ::= [0-9]';
    expect(babble({ type: 'grammar', grammar }, 3)).toMatch(/^\d\d:\d$/);
  });

  it('is one call of one of the tools', () => {
    const parameters = {
      type: 'object',
      properties: { unit: { enum: ['C', 'F'] }, days: { type: 'integer', minimum: 1, maximum: 9 } },
      required: ['unit', 'days'],
    };
    const text = babble({ type: 'tool-call', tools: [{ name: 'weather', parameters }] }, 1);
    const call: unknown = JSON.parse(/^<tool_call>\n(.*)\n<\/tool_call>$/.exec(text)?.[1] ?? '');
    expect(call).toMatchObject({ name: 'weather' });
    expect(ajv.validate(parameters, (call as { arguments: unknown }).arguments)).toBe(true);
  });

  it('cannot be made of control tokens', () => {
    const following = constrainer.constrain({
      constraint: { type: 'json-schema', schema: { type: 'string' } },
    })!;
    for (const id of tokenizer.encode('"')) following.accept(id);
    const mask = following.allowed()!;
    for (const { id } of tokenizer.vocabulary.added) expect((mask[id >> 5]! >>> (id & 31)) & 1).toBe(0);
  });

  it('refuses a grammar that is none, and serves the next request', () => {
    const bad = { type: 'grammar', grammar: 'root ::= (' } as const;
    expect(() => constrainer.constrain({ constraint: bad })).toThrow(EngineError);
    expect(babble({ type: 'choice', choices: ['still here'] }, 0)).toBe('still here');
  });
});
