import { parseArgs } from 'node:util';
import { z } from 'zod';
import { answerKinds } from './request-body.js';
import { runCrashTest } from './run-crash-test.js';

const count = (fallback: number) => z.coerce.number().int().min(0).default(fallback);
const options = z.object({
  form: z.enum(['built', 'source']).default('built'),
  answer: z.enum(answerKinds).default('text'),
  tokens: count(110),
  first: count(0),
  crashes: count(100),
  beside: count(0),
  store: z.enum(['sqlite', 'redis']).default('sqlite'),
});

const names = Object.keys(options.shape);
const { values } = parseArgs({
  options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
});
const { form, answer, tokens, first, crashes: most, beside, store } = options.parse(values);

const result = await runCrashTest({
  form,
  kind: answer,
  maxTokens: tokens,
  beside,
  store,
  indices: Array.from({ length: most }, (_, index) => first + index),
  report: (line) => {
    process.stdout.write(`${line}\n`);
  },
});
const { events, crashes, identical, resumed } = result;
process.stdout.write(
  `${identical} of ${crashes} identical; ${resumed} taken up again; ${events} events each\n`,
);
if (identical < crashes) process.exitCode = 1;
