import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nanoCheckpointPath } from './index.js';

const packageLimit = 30 * 1024 * 1024;

const files = readdirSync(nanoCheckpointPath);

it('has every file of the Hugging Face layout', () => {
  expect(files).toEqual(
    expect.arrayContaining([
      'chat_template.jinja',
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'preprocessor_config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'video_preprocessor_config.json',
    ]),
  );
});

it('is a Qwen3-VL of at most 30 MB', () => {
  const config: unknown = JSON.parse(readFileSync(join(nanoCheckpointPath, 'config.json'), 'utf8'));
  expect(config).toMatchObject({
    architectures: ['Qwen3VLForConditionalGeneration'],
    model_type: 'qwen3_vl',
  });
  const size = files.reduce((sum, file) => sum + statSync(join(nanoCheckpointPath, file)).size, 0);
  expect(size).toBeLessThanOrEqual(packageLimit);
});
