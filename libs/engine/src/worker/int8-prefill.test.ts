import { parseCheckpointConfig, type CheckpointConfig } from '@qwenvl/exporter';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hubSettingsFromEnvironment } from '../loading/hub-settings.js';
import { defaultLimits } from '../scheduler/scheduler-limits.js';
import { modelSmall, readExpected, readTensors } from '../testing/golden.js';
import { goldenPrompt } from '../testing/golden-prompt.js';
import { runtimes } from '../testing/runtimes.js';
import { writeSmallCheckpoint } from '../testing/small-checkpoint.js';
import { WorkerClient } from './worker-client.js';

/** Largest difference of a log probability from the reference, on random weights in narrow layers: measured 0.34. */
const tolerance = 0.5;

/** Tokens of 32 that are the most probable ones here too: measured 28 at least, 184 of 192 in all. Others were near ties. */
const leastSame = 26;

const expected = readExpected(modelSmall);

describe.each(runtimes)('8-bit weights for prompts with the $runtime runtime', ({ runtime, spawn }) => {
  let client: WorkerClient;
  let model: string;
  let cacheDir: string;
  let config: CheckpointConfig;

  beforeAll(async () => {
    model = await writeSmallCheckpoint();
    cacheDir = await mkdtemp(join(tmpdir(), 'qwenvl-cache-'));
    config = parseCheckpointConfig(JSON.parse(await readFile(join(modelSmall, 'config.json'), 'utf8')));
    const request = {
      model,
      revision: 'main',
      precision: 'fp32' as const,
      hub: hubSettingsFromEnvironment({ HF_HUB_CACHE: cacheDir }, cacheDir),
      threads: 1,
      runtime,
      device: 'cpu' as const,
      kvCache: 'f32' as const,
      prefillWeights: 'int8' as const,
      contextLength: 4096,
      kvMemory: 1e9,
      limits: { ...defaultLimits, prefillChunk: 8 },
    };
    ({ client } = await WorkerClient.load(spawn(), request, {}));
  }, 120_000);

  afterAll(async () => {
    await client.close();
    await rm(model, { recursive: true });
    await rm(cacheDir, { recursive: true });
  });

  test.each(Object.entries(expected.cases))(
    'case %s: after the reference’s tokens the next ones are as probable, and nearly always the same',
    async (name, golden) => {
      const { tokens, logprobs } = golden.greedy32;
      const task = {
        ...goldenPrompt(golden, readTensors(modelSmall, name), config),
        maxTokens: 32,
        sampling: { temperature: 0 },
        topLogprobs: 2,
        continueFrom: tokens,
      };
      let index = 0;
      let same = 0;
      for await (const event of client.generate(task)) {
        if (event.type !== 'token') continue;
        const difference = Math.abs((event.logprob?.logprob ?? NaN) - (logprobs[index] ?? NaN));
        expect(difference, `token ${index}`).toBeLessThan(tolerance);
        if (event.logprob?.top[0]?.id === event.id) same++;
        index++;
      }
      expect(index).toBe(32);
      expect(same).toBeGreaterThanOrEqual(leastSame);
    },
  );
});
