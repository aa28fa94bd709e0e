import { expect, it } from 'vitest';
import { runCrashTest } from './run-crash-test.js';

it(
  'gives clients the bytes of an undisturbed run, wherever the server is killed',
  { timeout: 300_000 },
  async () => {
    const lines: string[] = [];
    const result = await runCrashTest({
      form: 'source',
      maxTokens: 40,
      indices: [0, 1, 17],
      report: (line) => lines.push(line),
    });
    expect({ ...result, lines }).toMatchObject({ crashes: 3, identical: 3 });
    expect(result.resumed).toBeGreaterThan(0);
  },
);
