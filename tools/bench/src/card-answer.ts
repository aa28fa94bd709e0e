import type { Engine } from '@qwenvl/engine';
import { newPrompt } from './prompts.js';

/**
 * Fields of an Indonesian identity card and patterns of values as long as they usually are. Random weights would fill
 * a free text up to its limit; a pattern makes the answer as long as a true one.
 */
const values: Readonly<Record<string, string>> = {
  province: '[A-Z]{10}',
  city: '[A-Z]{12}',
  nik: '[0-9]{16}',
  name: '[A-Z]{14}',
  birth_place: '[A-Z]{8}',
  birth_date: '[0-9]{2}-[0-9]{2}-[0-9]{4}',
  sex: '(LAKI-LAKI|PEREMPUAN)',
  blood_type: '(A|B|AB|O)',
  address: '[A-Z]{16}',
  rt_rw: '[0-9]{3}/[0-9]{3}',
  village: '[A-Z]{9}',
  district: '[A-Z]{9}',
  religion: '(ISLAM|KRISTEN|KATOLIK|HINDU|BUDHA)',
  marital_status: '(KAWIN|BELUM KAWIN)',
  occupation: '[A-Z]{13}',
  citizenship: '(WNI|WNA)',
  valid_until: 'SEUMUR HIDUP',
};

const schema = {
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(values).map(([name, pattern]) => [name, { type: 'string', pattern: `^${pattern}$` }]),
  ),
  required: Object.keys(values),
  additionalProperties: false,
};
const constraint = { type: 'json-schema', schema } as const;

/** Tokens that arrive within so many milliseconds come from one step. */
const sameStep = 5;

/** A card's answer held to its schema, and as many tokens without one. */
export interface CardTiming {
  readonly tokens: number;
  /** Decode steps of the held answer: tokens of one step arrive together. */
  readonly steps: number;
  /** Milliseconds from the first token to the last. */
  readonly held: number;
  readonly free: number;
}

/** Compiles the schema; the first answer would wait for it. */
export async function prepareCard(engine: Engine): Promise<void> {
  await engine.prepareConstraint(constraint);
}

/** Times one answer with the schema and one without, as many tokens long. */
export async function timeCard(engine: Engine): Promise<CardTiming> {
  const held = await run(engine, 1024, { constraint });
  const free = await run(engine, held.tokens, {});
  return { tokens: held.tokens, steps: held.steps, held: held.took, free: free.took };
}

async function run(
  engine: Engine,
  maxTokens: number,
  more: { constraint?: typeof constraint },
): Promise<{ tokens: number; steps: number; took: number }> {
  const logitBias =
    more.constraint === undefined
      ? { logitBias: Object.fromEntries(engine.info.eosTokenIds.map((id) => [id, -100])) }
      : {};
  let first = NaN;
  let last = NaN;
  let tokens = 0;
  let steps = 0;
  for await (const event of engine.complete({
    prompt: newPrompt(64),
    maxTokens,
    sampling: { temperature: 0, ...logitBias },
    ...more,
  })) {
    if (event.type !== 'token') continue;
    tokens++;
    const now = performance.now();
    if (!(now - last < sameStep)) steps++;
    last = now;
    if (tokens === 1) first = last;
  }
  return { tokens, steps, took: last - first };
}
