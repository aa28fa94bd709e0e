import { ApiError } from '@qwenvl/openai';
import type { App } from '../http/app-env.js';
import type { ModelHost } from './model-host.js';

/** `/v1/models`: the one model of this server. */
export function registerModels(app: App, host: ModelHost, created: number): void {
  const model = { id: host.id, object: 'model', created, owned_by: 'qwenvl' } as const;
  app.get('/v1/models', (c) => c.json({ object: 'list', data: [model] }));
  // Hub ids hold a slash, which clients send encoded or as it is.
  app.get('/v1/models/:id{.+}', (c) => {
    const id = c.req.param('id');
    if (id === host.id) return c.json(model);
    const message = `The model '${id}' is not served here; this server has '${host.id}'.`;
    throw new ApiError({ status: 404, code: 'model_not_found', param: 'model', message });
  });
}
