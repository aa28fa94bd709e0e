import type { GraphBackend } from '../runtime/graph-session.js';
import { nativeBackend } from '../runtime/native/native-backend.js';

/** The native backend where this machine's processor can run the engine's own operators, to test them on. */
export const operatorBackends: readonly GraphBackend[] =
  process.platform === 'linux' ? [nativeBackend()].filter(({ hasOperators }) => hasOperators) : [];
