import { EngineError } from '../errors.js';
import type { LoadRequest } from '../loading/load-request.js';
import type { GraphBackend } from '../runtime/graph-session.js';

/** A backend, and why it is not the native one where that was wanted. */
export interface OpenedBackend {
  readonly backend: GraphBackend;
  readonly fallback: string | undefined;
}

/**
 * The backend that a request asks for. Only the one in use is imported.
 * @throws EngineError `invalid-request` when it cannot be had
 */
export async function openBackend({
  runtime,
  device,
}: Pick<LoadRequest, 'runtime' | 'device'>): Promise<OpenedBackend> {
  let fallback: string | undefined;
  if (runtime !== 'stock' && device === 'cpu') {
    try {
      const { nativeBackend } = await import('../runtime/native/native-backend.js');
      return { backend: nativeBackend(), fallback };
    } catch (cause) {
      fallback = cause instanceof Error ? cause.message : String(cause);
      if (runtime === 'native') {
        throw new EngineError('invalid-request', `The native runtime cannot be used: ${fallback}`, { cause });
      }
    }
  }
  if (runtime === 'native') {
    throw new EngineError(
      'invalid-request',
      `The native runtime computes on the cpu only, not on ${device}.`,
    );
  }
  const { stockBackend } = await import('../runtime/stock-backend.js');
  return { backend: stockBackend(device), fallback };
}
