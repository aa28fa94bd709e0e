import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { goldenFiles } from '../testing/golden-checkpoint.js';
import { parseCheckpoint } from './parse-checkpoint.js';

const files = goldenFiles('thinking');
/** The real tokenizer without its merges: what is tested here does not depend on them, and reading them takes long. */
const tokenizer = z
  .looseObject({ model: z.looseObject({ vocab: z.record(z.string(), z.int()) }) })
  .parse(JSON.parse(files.get('tokenizer.json') ?? ''));
const bytes = Object.entries(tokenizer.model.vocab).filter(([token]) => token.length === 1);
files.set(
  'tokenizer.json',
  JSON.stringify({
    ...tokenizer,
    model: { ...tokenizer.model, vocab: Object.fromEntries(bytes), merges: [] },
  }),
);
const changed = (changes: Record<string, string | undefined>): Map<string, string> => {
  const copy = new Map(files);
  for (const [name, text] of Object.entries(changes)) {
    if (text === undefined) copy.delete(name);
    else copy.set(name, text);
  }
  return copy;
};
const template = files.get('chat_template.jinja') ?? '';
const without = { 'chat_template.jinja': undefined };

describe('a checkpoint', () => {
  it('is read with its own defaults', () => {
    const checkpoint = parseCheckpoint(files);
    expect(checkpoint.generation).toMatchObject({
      eosIds: [151645, 151643],
      sampling: { temperature: 1, topP: 0.95, topK: 20 },
    });
    expect(checkpoint.image).toMatchObject({ minPixels: 65536, maxPixels: 16777216 });
    expect(checkpoint.video).toMatchObject({ minPixels: 4096, maxPixels: 25165824 });
    expect(checkpoint.config.tokens.image).toBe(151655);
  });

  it('has the official defaults where optional files are missing', () => {
    const checkpoint = parseCheckpoint(
      changed({
        'generation_config.json': undefined,
        'preprocessor_config.json': undefined,
        'video_preprocessor_config.json': undefined,
      }),
    );
    expect(checkpoint.generation).toMatchObject({ eosIds: [151645], sampling: { temperature: 1, topK: 0 } });
    expect(checkpoint.image).toMatchObject({ minPixels: 65536, maxPixels: 16777216 });
    expect(checkpoint.video).toMatchObject({ minPixels: 4096, maxPixels: 25165824 });
  });

  it('takes both processors from processor_config.json where they have no files of their own', () => {
    const size = { shortest_edge: 1024, longest_edge: 2048 };
    const checkpoint = parseCheckpoint(
      changed({
        'preprocessor_config.json': undefined,
        'video_preprocessor_config.json': undefined,
        'processor_config.json': JSON.stringify({ image_processor: { size }, video_processor: { size } }),
      }),
    );
    expect(checkpoint.image).toMatchObject({ minPixels: 1024, maxPixels: 2048 });
    expect(checkpoint.video).toMatchObject({ minPixels: 1024, maxPixels: 2048 });
  });

  it.each([
    ['chat_template.json', { 'chat_template.json': JSON.stringify({ chat_template: template }) }],
    ['tokenizer_config.json', { 'tokenizer_config.json': JSON.stringify({ chat_template: template }) }],
    [
      'a named list in tokenizer_config.json',
      {
        'tokenizer_config.json': JSON.stringify({
          chat_template: [
            { name: 'other', template: 'x' },
            { name: 'default', template },
          ],
        }),
      },
    ],
  ])('takes its chat template from %s', (_, change) => {
    const checkpoint = parseCheckpoint(changed({ ...without, ...change }));
    expect(
      checkpoint.template.render({
        messages: [{ role: 'user', content: 'hi' }],
        add_generation_prompt: true,
      }),
    ).toContain('<|im_start|>user\nhi<|im_end|>');
  });

  it.each<[string, string, Record<string, string | undefined>]>([
    ['no config.json', 'checkpoint-missing', { 'config.json': undefined }],
    ['no tokenizer.json', 'checkpoint-missing', { 'tokenizer.json': undefined }],
    ['no chat template', 'checkpoint-missing', without],
    ['a template that does not parse', 'checkpoint-corrupt', { 'chat_template.jinja': '{% if %}' }],
    ['half a file', 'checkpoint-corrupt', { 'tokenizer.json': '{"model":' }],
    ['another architecture', 'unsupported-checkpoint', { 'config.json': '{"architectures": ["Llama"]}' }],
    ['a config without sizes', 'unsupported-checkpoint', { 'config.json': '{"model_type": "qwen3_vl"}' }],
    [
      'contradicting pixel bounds',
      'checkpoint-corrupt',
      { 'preprocessor_config.json': '{"size": {"shortest_edge": 9, "longest_edge": 8}}' },
    ],
    ['a step turned off', 'checkpoint-corrupt', { 'preprocessor_config.json': '{"do_resize": false}' }],
    [
      'no token that ends an answer',
      'checkpoint-corrupt',
      { 'generation_config.json': '{}', 'tokenizer_config.json': '{}' },
    ],
    [
      'media tokens that the tokenizer does not have',
      'checkpoint-corrupt',
      { 'config.json': (files.get('config.json') ?? '').replace('151655', '151600') },
    ],
  ])('is refused with %s', (_, code, change) => {
    expect(() => parseCheckpoint(changed(change))).toThrow(expect.objectContaining({ code }));
  });
});
