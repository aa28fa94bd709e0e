import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configSchema } from './config-schema.js';
import { ConfigError, readConfig } from './read-config.js';

const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');

describe('readConfig', () => {
  it('works with nothing set', () => {
    expect(readConfig({})).toMatchObject({ PORT: 3000, TORCH_DTYPE: 'auto', EAGER_LOAD_MODEL: true });
  });

  it('takes an empty value for none', () => {
    expect(readConfig({ PORT: '', MODEL_REPO_ID: ' ' })).toMatchObject({
      PORT: 3000,
      MODEL_REPO_ID: undefined,
    });
  });

  it.each([
    ['PORT', '70000', '0 to 65535'],
    ['PORT', 'http', '0 to 65535'],
    ['TORCH_DTYPE', 'bfloat16', 'auto, q4, q8, float16, float32'],
    ['TEMPERATURE', '-1', '0 to 2'],
    ['EAGER_LOAD_MODEL', 'maybe', 'true or false'],
    ['MAX_QUEUE', '1.5', 'a whole number'],
    ['API_KEY_HASHES', 'secret', 'name:sha256-in-hex'],
    ['CORS_ORIGINS', 'https://a.example/path', 'origins'],
    ['DEVICE_MAP', 'tpu', 'auto, cpu, cuda, dml, coreml, webgpu'],
    ['ENGINE_RUNTIME', 'fast', 'auto, native, stock'],
    ['KV_CACHE_DTYPE', 'float16', 'float32, int8'],
    ['PREFILL_WEIGHTS', 'q4', 'shared, int8'],
    ['CONTEXT_SAFETY_MARGIN', '64', 'CONTEXT_MAX_TOKENS_AUTO'],
  ])('stops at %s=%s and says what is allowed', (name, value, allowed) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`${name} must be .*${allowed}`));
  });

  it('names every wrong setting at once and repeats no value', () => {
    const read = () => readConfig({ PORT: 'x', API_KEY_HASHES: 'sk-very-secret' });
    expect(read).toThrow(/PORT[\s\S]*API_KEY_HASHES/);
    expect(read).not.toThrow(/sk-very-secret/);
  });

  it('is explained in .env.example, name by name, with defaults that are allowed', () => {
    const named = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=(.*)$/gm)].map((match) => match[1]);
    expect(new Set(named)).toEqual(new Set(Object.keys(configSchema.shape)));
    const shown: Record<string, string> = {};
    for (const [, name = '', value = ''] of example.matchAll(/^# ?([A-Z][A-Z0-9_]+)=(.*)$/gm))
      shown[name] = value;
    expect(() => readConfig(shown)).not.toThrow();
  });
});
