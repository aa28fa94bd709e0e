import { expect, test } from 'vitest';
import { hubSettingsFromEnvironment } from './hub-settings.js';

test('the defaults are those of the Python client', () => {
  expect(hubSettingsFromEnvironment({}, '/home/sari')).toEqual({
    endpoint: 'https://huggingface.co',
    token: undefined,
    tokenFile: '/home/sari/.cache/huggingface/token',
    cacheDir: '/home/sari/.cache/huggingface/hub',
    offline: false,
  });
});

test('each variable is honoured, an empty one counts as unset', () => {
  const settings = hubSettingsFromEnvironment(
    {
      HF_HOME: '/data/hf',
      HF_TOKEN: ' hf_x ',
      HF_ENDPOINT: 'http://mirror/',
      HF_HUB_OFFLINE: 'True',
      HF_HUB_CACHE: '',
    },
    '/home/sari',
  );
  expect(settings).toEqual({
    endpoint: 'http://mirror',
    token: 'hf_x',
    tokenFile: '/data/hf/token',
    cacheDir: '/data/hf/hub',
    offline: true,
  });
  expect(hubSettingsFromEnvironment({ HF_HUB_CACHE: '/c', HF_HOME: '/h' }, '/').cacheDir).toBe('/c');
  expect(hubSettingsFromEnvironment({ HUGGINGFACE_HUB_CACHE: '/old' }, '/').cacheDir).toBe('/old');
  expect(hubSettingsFromEnvironment({ XDG_CACHE_HOME: '/x' }, '/').cacheDir).toBe('/x/huggingface/hub');
});
