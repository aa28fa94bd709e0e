import { byId } from './dom.js';

const WHILE_LOADING_MS = 1000;
const WHILE_READY_MS = 15_000;

/**
 * Shows where the server's model stands, and keeps asking.
 *
 * @returns {() => string} the model's name for requests
 */
export function startModelStatus() {
  const place = byId('model', HTMLElement);
  const text = byId('model-text', HTMLElement);
  const progress = byId('model-progress', HTMLProgressElement);
  let modelId = 'default';

  /** @param {ReturnType<typeof describe>} state */
  const show = ({ state, message, fraction }) => {
    place.dataset.state = state;
    if (text.textContent !== message) text.textContent = message;
    progress.hidden = state !== 'loading';
    if (fraction === undefined) progress.removeAttribute('value');
    else progress.value = fraction;
  };

  const look = async () => {
    let state = describe(undefined);
    try {
      const health = await (await fetch('/health')).json();
      modelId = health.modelId;
      state = describe(health);
    } catch {
      // Shown as unreachable; the next look may succeed.
    }
    show(state);
    setTimeout(() => void look(), state.state === 'ready' ? WHILE_READY_MS : WHILE_LOADING_MS);
  };
  void look();
  return () => modelId;
}

/**
 * @param {{ modelId: string, modelReady: boolean, error: string | null,
 *   loading: { stage: string, done: number, total: number } | null } | undefined} health
 * @returns {{ state: 'ready' | 'idle' | 'loading' | 'failed', message: string, fraction?: number }}
 */
function describe(health) {
  if (health === undefined) return { state: 'failed', message: 'The server cannot be reached.' };
  const { modelId, modelReady, error, loading } = health;
  if (modelReady) return { state: 'ready', message: modelId };
  if (error !== null) return { state: 'failed', message: `${modelId} could not be loaded: ${error}` };
  if (loading === null) return { state: 'idle', message: `${modelId} is loaded with the first question` };
  const message = `Loading ${modelId}: ${loading.stage}`;
  return loading.total > 0
    ? { state: 'loading', message, fraction: loading.done / loading.total }
    : { state: 'loading', message };
}
