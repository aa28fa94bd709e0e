import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { stringify } from 'yaml';
import type { App } from '../http/app-env.js';
import { buildDocument } from './build-document.js';

/** The same folder whether this runs from `src` or from `dist`. */
const root = fileURLToPath(new URL('../../public', import.meta.url));

/** `/openapi.json`, `/openapi.yaml`, and `/docs` to try what they describe. */
export function registerOpenApi(app: App): void {
  const document = buildDocument();
  const yaml = stringify(document);
  app.get('/openapi.json', (c) => c.json(document));
  app.get('/openapi.yaml', (c) => c.body(yaml, 200, { 'content-type': 'application/yaml; charset=utf-8' }));
  app.get('/docs', serveStatic({ root, rewriteRequestPath: () => '/docs/index.html' }));
  app.get('/docs/*', serveStatic({ root }));
}
