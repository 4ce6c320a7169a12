import { defineConfig } from 'vitest/config'

/** Tests of the built server: they need `next build` and, unlike the others, the machine for themselves. */
export default defineConfig({
  test: {
    include: ['e2e/{faults,harness}/**/*.system.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Each file has a server, and most of them wait: two at once share the machine well.
    maxWorkers: 2,
  },
})
