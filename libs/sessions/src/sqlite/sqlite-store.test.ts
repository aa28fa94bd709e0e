import { describe, it } from 'vitest';
import { runBehaviour, sessionStoreBehaviours } from '../testing/index.js';
import { openTemporarySqlite } from '../testing/temporary-sqlite.js';

describe.each(['process', 'power'] as const)('SqliteStore with %s durability', (durability) => {
  it.each(sessionStoreBehaviours)('$name', (behaviour) =>
    runBehaviour(behaviour, (options) => openTemporarySqlite({ ...options, durability })),
  );
});
