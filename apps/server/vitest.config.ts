import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

// Node itself knows no `module` condition: packages that offer bundlers something else there would not load.
const conditions = ['@qwenvl/source', ...defaultServerConditions.filter((name) => name !== 'module')];

export default defineConfig({
  ssr: { resolve: { conditions } },
  test: { include: ['src/**/*.test.ts'], testTimeout: 30_000 },
});
