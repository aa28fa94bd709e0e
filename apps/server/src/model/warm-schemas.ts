import type { OutputConstraint } from '@qwenvl/engine';
import type { Logger } from 'pino';
import type { LoadModel } from './model-host.js';

/**
 * A loader that lets the engine make ready what schemas need, in the background: the model is ready before that is
 * done, and a failure is only logged.
 */
export function warmSchemas(
  load: LoadModel,
  schemas: readonly Readonly<Record<string, unknown>>[],
  log: Logger,
): LoadModel {
  return async (onProgress) => {
    const model = await load(onProgress);
    const startedAt = performance.now();
    const constraints = schemas.map((schema): OutputConstraint => ({ type: 'json-schema', schema }));
    Promise.all(constraints.map((constraint) => model.engine.prepareConstraint(constraint))).then(
      () => {
        log.debug({ milliseconds: Math.round(performance.now() - startedAt) }, 'schemas made ready');
      },
      (error: unknown) => {
        log.warn({ err: error }, 'schemas could not be made ready');
      },
    );
    return model;
  };
}
