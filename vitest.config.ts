import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@\//, replacement: root },
      // The marker throws outside Next's server bundle.
      { find: /^server-only$/, replacement: `${root}lib/server/__fixtures__/server-only.ts` },
    ],
  },
  test: {
    include: ['{app,cli,components,e2e,lib}/**/*.test.{ts,tsx}', '*.test.ts'],
    environment: 'node',
    testTimeout: 20_000,
  },
})
