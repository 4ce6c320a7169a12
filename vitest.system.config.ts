import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Those that take longest, and mostly wait. */
const FIRST = ['silence', 'harness', 'server-end', 'engine-away']

function rankOf({ moduleId }: TestSpecification): number {
  const rank = FIRST.findIndex((name) => moduleId.includes(`/${name}.system.test.`))
  return rank === -1 ? FIRST.length : rank
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => rankOf(a) - rankOf(b))
  }
}

/** Tests of the built server: they need `next build` and, unlike the others, the machine for themselves. */
export default defineConfig({
  test: {
    include: ['e2e/{faults,harness}/**/*.system.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    // Each file has a server, and most of them wait: three at once share two cores well.
    maxWorkers: 3,
  },
})
