import type { Logger } from 'pino';
import type { LoadingProgress, LoadModel } from './model-host.js';

/** Least time between two lines of progress, in milliseconds. */
const PROGRESS_INTERVAL = 2000;

/**
 * A loader that tells the log how far it has come, how long it took, or why it failed. Where a terminal shows the
 * progress already, its lines are of level `debug`.
 */
export function logLoading(load: LoadModel, log: Logger, level: 'info' | 'debug' = 'info'): LoadModel {
  return async (onProgress) => {
    const startedAt = performance.now();
    let lastLine = startedAt;
    const report = (progress: LoadingProgress): void => {
      onProgress(progress);
      const now = performance.now();
      if (now - lastLine < PROGRESS_INTERVAL) return;
      lastLine = now;
      log[level](progress, 'loading the model');
    };
    try {
      const model = await load(report);
      log.info(
        { model: model.profile.id, milliseconds: Math.round(performance.now() - startedAt) },
        'model ready',
      );
      return model;
    } catch (error) {
      log.error({ err: error }, 'the model could not be loaded');
      throw error;
    }
  };
}
