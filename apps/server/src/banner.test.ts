import { expect, it } from 'vitest';
import { banner } from './banner.js';
import { readConfig } from './config/read-config.js';

const url = 'http://127.0.0.1:3000';

it('says that the embedded checkpoint is a demonstration', () => {
  expect(banner(url, readConfig({}))).toMatch(/qwenvl-nano, the tiny checkpoint/);
});

it('names the configured model', () => {
  expect(banner(url, readConfig({ MODEL_REPO_ID: 'a/b' }))).toMatch(/Model: a\/b \(precision: auto\)/);
});

it('names the engines behind a gateway', () => {
  const upstreams = 'http://10.0.0.5:8000/v1,http://10.0.0.6/v1';
  const text = banner(url, readConfig({ ENGINE: 'openai', UPSTREAM_URL: upstreams }));
  expect(text).toContain('Gateway: the engines at 10.0.0.5:8000, 10.0.0.6 answer.');
  expect(text).not.toContain('nano');
});
