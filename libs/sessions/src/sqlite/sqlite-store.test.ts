import { describe, it } from 'vitest';
import { checkAgainstModel, runBehaviour, sessionStoreBehaviours } from '../testing/index.js';
import { openTemporarySqlite } from '../testing/temporary-sqlite.js';

describe.each(['process', 'power'] as const)('SqliteStore with %s durability', (durability) => {
  it.each(sessionStoreBehaviours)('$name', (behaviour) =>
    runBehaviour(behaviour, (options) => openTemporarySqlite({ ...options, durability })),
  );
});

it('SqliteStore behaves like the model, crashes included', { timeout: 120_000 }, () =>
  checkAgainstModel((options) => openTemporarySqlite(options), { runs: 60, length: 30 }),
);
