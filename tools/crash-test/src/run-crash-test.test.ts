import { expect, it } from 'vitest';
import { runCrashTest } from './run-crash-test.js';
import type { CrashTestOptions } from './run-crash-test.js';

it.each<[string, Partial<CrashTestOptions>]>([
  ['of a text', { indices: [0, 1, 17] }],
  ['of an answer held to a schema, between forced tokens', { kind: 'structured', indices: [3, 9] }],
  ['of a text, by another server on the same Redis', { store: 'redis', indices: [3, 21] }],
  ['of a text beside others, where answers are kept apart', { beside: 1, indices: [5, 17] }],
])(
  'gives clients the bytes of an undisturbed run %s, wherever the server is killed',
  { timeout: 300_000 },
  async (_name, changes) => {
    const lines: string[] = [];
    const result = await runCrashTest({
      form: 'source',
      kind: 'text',
      maxTokens: 40,
      beside: 0,
      store: 'sqlite',
      indices: [],
      report: (line) => lines.push(line),
      ...changes,
    });
    const crashes = changes.indices?.length;
    expect({ ...result, lines }).toMatchObject({ crashes, identical: crashes });
    expect(result.resumed).toBeGreaterThan(0);
  },
);
