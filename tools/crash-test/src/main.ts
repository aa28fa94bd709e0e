import { parseArgs } from 'node:util';
import { runCrashTest } from './run-crash-test.js';

const { values } = parseArgs({
  options: {
    form: { type: 'string', default: 'built' },
    tokens: { type: 'string', default: '110' },
    first: { type: 'string', default: '0' },
    crashes: { type: 'string', default: '100' },
  },
});

const result = await runCrashTest({
  form: values.form === 'source' ? 'source' : 'built',
  maxTokens: Number(values.tokens),
  indices: Array.from({ length: Number(values.crashes) }, (_, index) => Number(values.first) + index),
  report: (line) => {
    process.stdout.write(`${line}\n`);
  },
});
const { events, crashes, identical, resumed } = result;
process.stdout.write(
  `${identical} of ${crashes} identical; ${resumed} taken up again; ${events} events each\n`,
);
if (identical < crashes) process.exitCode = 1;
