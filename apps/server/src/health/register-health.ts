import type { App } from '../http/app-env.js';
import type { ModelHost } from '../model/model-host.js';

/** What health reports besides the model. */
export interface HealthOptions {
  readonly host: ModelHost;
  /** How a prompt that does not fit is handled. */
  readonly context: {
    readonly maxTokens: number | undefined;
    readonly safetyMargin: number;
    readonly autoCompression: boolean;
  };
}

/** `/health` tells where the server stands, `/health/live` that it runs, `/health/ready` whether it can answer. */
export function registerHealth(app: App, { host, context }: HealthOptions): void {
  app.get('/health', (c) => {
    const { state } = host;
    const maxTokens = state.status === 'ready' ? state.model.profile.contextTokens : context.maxTokens;
    return c.json({
      ok: state.status !== 'failed',
      modelReady: state.status === 'ready',
      modelId: host.id,
      error: state.status === 'failed' ? state.error.message : null,
      context: { ...context, maxTokens: maxTokens ?? null },
      loading: state.status === 'loading' ? (state.progress ?? { stage: 'start', done: 0, total: 0 }) : null,
    });
  });
  app.get('/health/live', (c) => c.json({ ok: true }));
  app.get('/health/ready', (c) => {
    const isReady = host.state.status === 'ready';
    return c.json({ ok: isReady }, isReady ? 200 : 503);
  });
}
