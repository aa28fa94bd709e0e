/**
 * The Redis backend, for processes on several machines. Importing it is what loads the client.
 *
 * ```ts
 * import { RedisStore } from '@qwenvl/sessions/redis';
 *
 * const store = await RedisStore.open({ url: 'redis://127.0.0.1:6379' });
 * ```
 *
 * @module
 */
export { RedisStore } from './redis-store.js';
export type { RedisStoreOptions } from './redis-store.js';
