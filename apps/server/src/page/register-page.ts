import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { etag } from 'hono/etag';
import type { App } from '../http/app-env.js';

/** The same folder whether this runs from `src` or from `dist`. */
const root = fileURLToPath(new URL('../../public', import.meta.url));

/**
 * The web page: `public/index.html` at `/`, and what it loads at `/page/…`. Browsers keep the files but ask
 * each time whether they changed, so that an updated server never shows half of an older page.
 */
export function registerPage(app: App): void {
  for (const path of ['/', '/page/*'] as const) {
    app.use(path, etag(), async (context, next) => {
      await next();
      if (context.res.ok) context.header('Cache-Control', 'no-cache');
    });
    app.get(path, serveStatic({ root }));
  }
}
