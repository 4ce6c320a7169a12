import { join } from 'node:path'
import { ensureChromium } from './chromium.mjs'
import { findNode, toolFile, vitestArguments, withNode } from './find-node.mjs'
import { startPostgres } from './postgres.mjs'
import { runChild } from './run-child.mjs'

const MINUTE = 60_000

/** All that reads or writes a store. */
const STORE_TESTS = [
  'lib/db',
  'lib/chat',
  'lib/threads',
  'lib/services.test.ts',
  'app/api',
  'cli/backup',
]
const SYSTEM_CONFIG = 'vitest.postgres.config.ts'
const JOURNEYS = ['e2e/chat.spec.ts', 'e2e/continue.spec.ts']

/** The suites that run on Postgres too, on one that is started by the first and ends with `dispose`. */
export function createPostgresSuites(folder) {
  let postgres
  const run = async ({ tool, args, env, minutes }) => {
    postgres ??= startPostgres()
    const node = findNode()
    return runChild({
      command: node,
      args: [toolFile(tool), ...args],
      env: withNode({ ...env, ...(await postgres).env }, node),
      timeoutMs: minutes * MINUTE,
    })
  }
  const reports = {
    unit: join(folder, 'postgres.json'),
    system: join(folder, 'postgres-system.json'),
    e2e: join(folder, 'postgres-e2e.json'),
  }
  const runVitest = ({ minutes, ...one }) =>
    run({ tool: 'vitest', args: vitestArguments(one), env: process.env, minutes })
  return {
    reports,
    runUnit: () => runVitest({ args: STORE_TESTS, report: reports.unit, minutes: 8 }),
    runSystem: () =>
      runVitest({ args: ['--config', SYSTEM_CONFIG], report: reports.system, minutes: 5 }),
    async runEndToEnd() {
      const env = { ...(await ensureChromium()), PLAYWRIGHT_JSON_OUTPUT_FILE: reports.e2e }
      return run({
        ...{ tool: 'playwright', env, minutes: 8 },
        args: ['test', ...JOURNEYS, '--reporter=list,json'],
      })
    },
    async dispose() {
      await postgres?.then(({ stop }) => stop()).catch(() => undefined)
    },
  }
}
