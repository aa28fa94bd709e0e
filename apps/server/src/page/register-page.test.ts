import { readdir } from 'node:fs/promises';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { AppEnv } from '../http/app-env.js';
import { registerPage } from './register-page.js';

const app = new Hono<AppEnv>();
registerPage(app);

const folder = new URL('../../public/page/', import.meta.url);
const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
};

describe('registerPage', () => {
  it('serves the page and every file of its folder with the right type', async () => {
    const page = await app.request('/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const name of await readdir(folder)) {
      const response = await app.request(`/page/${name}`);
      expect(response.status, name).toBe(200);
      const extension = name.slice(name.lastIndexOf('.') + 1);
      expect(response.headers.get('content-type'), name).toBe(types[extension]);
    }
  });

  it('lets browsers keep the files and answers 304 while they are unchanged', async () => {
    const first = await app.request('/');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const etag = first.headers.get('etag') ?? '';
    expect((await app.request('/', { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it.each([
    '/page/../../package.json',
    '/page/%2e%2e/%2e%2e/package.json',
    '/page/..%2f..%2fpackage.json',
    '/page/..%5c..%5cpackage.json',
    '/page/%252e%252e/index.html',
    '/page//etc/passwd',
    '/page/%00',
    '/page/%',
    '/package.json',
  ])('serves nothing for %s', async (path) => {
    expect((await app.request(path)).status).toBe(404);
  });
});
