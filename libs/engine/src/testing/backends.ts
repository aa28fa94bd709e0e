import type { GraphBackend } from '../runtime/graph-session.js';
import { nativeBackend } from '../runtime/native/native-backend.js';
import { stockBackend } from '../runtime/stock-backend.js';

type OpenBackend = () => GraphBackend;

const stock: readonly [string, OpenBackend] = ['stock', stockBackend];
const native: readonly [string, OpenBackend] = ['native', nativeBackend];

/** Every backend that there is on this machine, by name, to run the same tests on. */
export const backends = process.platform === 'linux' ? [stock, native] : [stock];
