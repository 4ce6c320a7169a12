import { defineConfig } from 'vitest/config'
import system from './vitest.system.config.ts'

/** Tests of the built server that end the Postgres they are given, so one at a time. */
export default defineConfig({
  test: {
    ...system.test,
    include: ['e2e/faults/*.postgres.test.ts', 'e2e/harness/thread-harness.system.test.ts'],
    fileParallelism: false,
  },
})
