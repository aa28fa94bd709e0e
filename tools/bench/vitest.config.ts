import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['@qwenvl/source', ...defaultServerConditions] } },
  test: { include: ['src/**/*.test.ts'], testTimeout: 30_000 },
});
