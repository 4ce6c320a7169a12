import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, isBuilt } from './build.mjs'
import { ensureChromium } from './chromium.mjs'
import { countCheck, countPlaywright, countVitest } from './count-results.mjs'
import { faultCheckArguments, findNode, toolFile, vitestArguments, withNode } from './find-node.mjs'
import { ensureInstalled, isInstalled } from './install.mjs'
import { LaunchError } from './launch-error.mjs'
import { lintLayers } from './lint-layers.mjs'
import { createLocalEngineSuites } from './local-engine-suites.mjs'
import { createPostgresSuites } from './postgres-suites.mjs'
import { ROOT } from './root.mjs'
import { runChild } from './run-child.mjs'
import { typecheck } from './typecheck.mjs'

const RESULTS = join(ROOT, '.test-results')
const UNIT_REPORT = join(RESULTS, 'unit.json')
const SYSTEM_REPORT = join(RESULTS, 'system.json')
const E2E_REPORT = join(RESULTS, 'e2e.json')
const MODEL_REPORT = join(RESULTS, 'local-engine.json')
const CONTRACT_REPORT = join(RESULTS, 'local-engine-contract.json')
const SYSTEM_CONFIG = 'vitest.system.config.ts'
const MINUTE = 60_000

function run({ name, args = [], env = process.env, minutes }) {
  const node = findNode()
  return runChild({
    command: node,
    args: [toolFile(name), ...args],
    env: withNode(env, node),
    timeoutMs: minutes * MINUTE,
  })
}

function runVitest({ report, args, minutes }) {
  return run({ name: 'vitest', args: vitestArguments({ args, report }), minutes })
}

const runUnit = () => runVitest({ report: UNIT_REPORT, minutes: 10 })

/** The built server on an engine that fails, and small runs of each harness. */
const runSystem = () =>
  runVitest({ report: SYSTEM_REPORT, args: ['--config', SYSTEM_CONFIG], minutes: 12 })

async function runEndToEnd() {
  const env = { ...(await ensureChromium()), PLAYWRIGHT_JSON_OUTPUT_FILE: E2E_REPORT }
  return run({ name: 'playwright', args: ['test', '--reporter=list,json'], env, minutes: 20 })
}

/** From the reports of the suites before: each row of the failure model was looked at, and held. */
function checkFaults() {
  const node = findNode()
  return runChild({ command: node, args: faultCheckArguments(), env: withNode(process.env, node) })
}

function readLockfile() {
  const file = join(ROOT, 'package-lock.json')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

async function installFirst() {
  await ensureInstalled()
  return 0
}

function listSuites({ lockfile, localEngine, postgres }) {
  const countReport = (file) => (exitCode) => countVitest({ file, exitCode })
  return [
    ['install', installFirst],
    ['format and lint', () => run({ name: 'biome', args: ['check'], minutes: 3 })],
    ['types', typecheck],
    ['layers', lintLayers],
    ['unused code', () => run({ name: 'knip', minutes: 3 })],
    ['unit', runUnit, countReport(UNIT_REPORT)],
    ['postgres', postgres.runUnit, countReport(postgres.reports.unit)],
    ['local engine', () => localEngine.runRealModel(MODEL_REPORT), countReport(MODEL_REPORT)],
    [
      'local engine, contract',
      () => localEngine.runContract(CONTRACT_REPORT),
      countReport(CONTRACT_REPORT),
    ],
    ['build', () => (isBuilt() ? 0 : build({ timeoutMs: 8 * MINUTE }))],
    ['system', runSystem, countReport(SYSTEM_REPORT)],
    ['postgres, system', postgres.runSystem, countReport(postgres.reports.system)],
    ['end to end', runEndToEnd, (exitCode) => countPlaywright({ file: E2E_REPORT, exitCode })],
    [
      'postgres, end to end',
      postgres.runEndToEnd,
      (exitCode) => countPlaywright({ file: postgres.reports.e2e, exitCode }),
    ],
    ['faults', checkFaults],
    ['lockfile unchanged', () => (readLockfile() === lockfile ? 0 : 1)],
  ]
}

/** One suite; whatever breaks in it is its failure and not the end of the run. */
async function runSuite([name, runIt, count = (exitCode) => countCheck({ exitCode })]) {
  console.log(`\n── ${name}`)
  const startedAt = performance.now()
  let exitCode = 1
  try {
    exitCode = await runIt()
  } catch (error) {
    console.error(error instanceof LaunchError ? `First Token: ${error.message}` : error)
  }
  const result = count(exitCode)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  console.log(`── ${name}: ${result.passed} passed, ${result.failed} failed (${seconds} s)`)
  return { name, ...result }
}

/** Everything, in the order in which a mistake is cheapest to see; the last line is the sum alone. */
export async function test() {
  rmSync(RESULTS, { recursive: true, force: true })
  mkdirSync(RESULTS, { recursive: true })
  const results = []
  const localEngine = createLocalEngineSuites()
  const postgres = createPostgresSuites(RESULTS)
  try {
    for (const suite of listSuites({ lockfile: readLockfile(), localEngine, postgres })) {
      results.push(await runSuite(suite))
      if (!isInstalled()) break
    }
  } finally {
    localEngine.dispose()
    await postgres.dispose()
  }
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0)
  const repeated = results.flatMap((result) => result.repeated ?? [])
  if (repeated.length > 0) console.log(`\nPassed when repeated: ${repeated.join(', ')}`)
  const broken = results.filter(({ failed }) => failed > 0).map(({ name }) => name)
  console.log(broken.length === 0 ? '' : `\nFailed: ${broken.join(', ')}`)
  console.log(`${total('passed')} passed, ${total('failed')} failed`)
  return total('failed') === 0 ? 0 : 1
}
