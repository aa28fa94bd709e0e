import { parseCheckpointConfig } from '@qwenvl/exporter';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goldenText } from '../testing/golden-files.js';
import { modelSmall } from '../testing/golden.js';
import { autoPrecision, checkConfig } from './checkpoint-config.js';

test('automatic precision is q4, but full floats for tiny checkpoints', () => {
  const tiny: unknown = JSON.parse(readFileSync(join(modelSmall, 'config.json'), 'utf8'));
  expect(autoPrecision(parseCheckpointConfig(tiny))).toBe('fp32');
  const official: unknown = JSON.parse(goldenText('configs/config.json'));
  expect(autoPrecision(parseCheckpointConfig(official))).toBe('q4');
});

test('a config is refused by name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qwenvl-config-'));
  const cases = [
    ['{"architectures":["Qwen3VLMoeForConditionalGeneration"]}', 'unsupported-checkpoint'],
    [
      '{"architectures":["Qwen3VLForConditionalGeneration"],"quantization_config":{}}',
      'unsupported-checkpoint',
    ],
    ['{"model_type":"qwen3_vl"}', 'unsupported-checkpoint'],
    ['{', 'checkpoint-corrupt'],
  ] as const;
  try {
    for (const [text, code] of cases) {
      await writeFile(join(folder, 'config.json'), text);
      await expect(checkConfig(folder), text).rejects.toMatchObject({ code });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
