import nx from '@nx/eslint-plugin';
import jsonc from 'jsonc-eslint-parser';
import tseslint from 'typescript-eslint';

const libraries = ['exporter', 'media', 'sessions', 'ktp', 'openai', 'nano'];

export default tseslint.config(
  {
    ignores: ['**/dist', '**/out-tsc', '**/node_modules', '**/fixtures', '**/checkpoint', '**/public/vendor'],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@nx/enforce-module-boundaries': [
        'error',
        {
          banTransitiveDependencies: true,
          // Its subpaths are loaded lazily, each with its own database; the library itself is not.
          checkDynamicDependenciesExceptions: ['@qwenvl/sessions'],
          depConstraints: [
            { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib'] },
            {
              sourceTag: 'type:lib',
              onlyDependOnLibsWithTags: ['type:lib'],
              bannedExternalImports: ['hono', '@hono/*'],
            },
            { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:lib', 'type:tool'] },
            { sourceTag: 'scope:engine', onlyDependOnLibsWithTags: ['scope:engine', 'scope:exporter'] },
            ...libraries.map((name) => ({
              sourceTag: `scope:${name}`,
              onlyDependOnLibsWithTags: [`scope:${name}`],
            })),
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['libs/*/package.json', 'apps/*/package.json'],
    languageOptions: { parser: jsonc },
    plugins: { '@nx': nx },
    rules: dependencyChecks(['{projectRoot}/src/testing/**']),
  },
  {
    // Its testing folder is a public subpath, not helpers of its own tests.
    files: ['libs/sessions/package.json'],
    rules: dependencyChecks([]),
  },
);

function dependencyChecks(ownTesting) {
  const ignoredFiles = ['{projectRoot}/vitest.config.ts', '{projectRoot}/src/**/*.test.ts', ...ownTesting];
  // The server installs the first for the media library, which loads it as an optional peer; the engine loads the
  // second where it could be installed.
  const ignoredDependencies = ['@ffmpeg/core', 'koffi'];
  return { '@nx/dependency-checks': ['error', { ignoredFiles, ignoredDependencies }] };
}
