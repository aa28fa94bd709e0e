import { describe, it } from 'vitest';
import { MemoryStore } from './memory-store.js';
import { checkAgainstModel, runBehaviour, sessionStoreBehaviours } from './testing/index.js';
import type { StoreFactory } from './testing/index.js';

const open: StoreFactory = (options) => {
  const store = new MemoryStore(options);
  return Promise.resolve({ store, dispose: () => store.close() });
};

describe('MemoryStore', () => {
  it.each(sessionStoreBehaviours.filter(({ shared }) => shared !== true))('$name', (behaviour) =>
    runBehaviour(behaviour, open),
  );

  it('behaves like the model, whatever happens in whatever order', () =>
    checkAgainstModel(open, { runs: 300 }));
});
