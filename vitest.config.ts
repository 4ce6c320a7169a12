import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

// Installs 80 MB and fetches 93 MB: only where it is asked for, as `npm test` does in a suite of its own.
// biome-ignore lint/style/noProcessEnv: it is for the tests alone
const isRealModelWanted = process.env.LOCAL_ENGINE_TEST === '1'

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@\//, replacement: root },
      // The marker throws outside Next's server bundle.
      { find: /^server-only$/, replacement: `${root}lib/server/__fixtures__/server-only.ts` },
    ],
  },
  test: {
    include: ['{app,bench,cli,components,e2e,lib,local-engine}/**/*.test.{ts,tsx}', '*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      // Those need the build: vitest.system.config.ts and vitest.postgres.config.ts run them.
      '**/*.{system,postgres}.test.ts',
      ...(isRealModelWanted ? [] : ['local-engine/real.test.ts']),
    ],
    environment: 'node',
    testTimeout: 20_000,
  },
})
