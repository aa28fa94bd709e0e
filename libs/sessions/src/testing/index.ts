/**
 * The promises of `SessionStore` as checks for any backend, with whatever test runner:
 *
 * ```ts
 * import { checkAgainstModel, runBehaviour, sessionStoreBehaviours } from '@qwenvl/sessions/testing';
 *
 * describe('my store', () => {
 *   it.each(sessionStoreBehaviours)('$name', (behaviour) => runBehaviour(behaviour, openMyStore));
 *   it('behaves like the model', () => checkAgainstModel(openMyStore));
 * });
 * ```
 *
 * Needs fast-check 4, an optional peer of the package. `startTestRedis` runs an installed `redis-server`.
 *
 * @module
 */
import type { Behaviour } from './behaviour.js';
import { controlBehaviours } from './control-behaviours.js';
import { followBehaviours } from './follow-behaviours.js';
import { leaseBehaviours } from './lease-behaviours.js';
import { logBehaviours } from './log-behaviours.js';
import { sharedBehaviours } from './shared-behaviours.js';

export { checkAgainstModel } from './check-against-model.js';
export type { ModelCheckOptions } from './check-against-model.js';
export { startTestRedis } from './start-redis.js';
export type { RedisPersistence, TestRedis } from './start-redis.js';
export { runBehaviour } from './behaviour.js';
export type {
  Behaviour,
  BehaviourContext,
  StoreFactory,
  StoreUnderTest,
  StoreUnderTestOptions,
} from './behaviour.js';

/** Every behaviour; those with `shared` only hold for backends that several processes share. */
export const sessionStoreBehaviours: readonly Behaviour[] = [
  ...logBehaviours,
  ...leaseBehaviours,
  ...controlBehaviours,
  ...followBehaviours,
  ...sharedBehaviours,
];
