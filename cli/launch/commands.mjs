import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, ensureBuilt } from './build.mjs'
import { ensureChromium } from './chromium.mjs'
import { demo } from './demo.mjs'
import {
  findNode,
  harnessArguments,
  localEngineArguments,
  stubArguments,
  toolFile,
  withNode,
} from './find-node.mjs'
import { ensureInstalled } from './install.mjs'
import { LaunchError } from './launch-error.mjs'
import { lintLayers } from './lint-layers.mjs'
import { startPostgres } from './postgres.mjs'
import { ROOT } from './root.mjs'
import { runChild } from './run-child.mjs'
import { loadSettings } from './settings.mjs'
import { start } from './start.mjs'
import { test } from './test.mjs'
import { typecheck } from './typecheck.mjs'

function run({ args, env = process.env, stdin }) {
  const node = findNode()
  return runChild({ command: node, args, env: withNode(env, node), stdin })
}

/** Every command but start and demo installs first and answers when that is done. */
function installed(command) {
  return async (args) => {
    await ensureInstalled()
    return command(args)
  }
}

function tool(name, ...fixed) {
  return installed((args) => run({ args: [toolFile(name), ...fixed, ...args] }))
}

async function dev(args) {
  const { env, host, port } = loadSettings()
  const where = ['-H', host, '-p', String(port)]
  return run({ args: [toolFile('next'), 'dev', ...where, ...args], env })
}

/** On the port where the app looks for an engine when none is set. */
async function engineLocal(args) {
  const { env } = loadSettings()
  const model = (env.LOCAL_MODEL ?? '').trim()
  return run({
    args: [
      ...localEngineArguments(),
      ...['--data-dir', (env.DATA_DIR ?? '').trim() || '.data', '--port', '8000'],
      ...(model === '' ? [] : ['--model', model]),
      ...args,
    ],
    env,
  })
}

/** A program in TypeScript that shares code with the app. */
function runProgram({ path, args, env = process.env, stdin, flags = [] }) {
  const hooks = pathToFileURL(join(ROOT, 'cli', 'launch', 'typescript-hooks.mjs')).href
  return run({
    args: ['--experimental-strip-types', '--import', hooks, ...flags, join(ROOT, ...path), ...args],
    env,
    stdin,
  })
}

/** On the app's own sums, without the app. */
function plan(args) {
  return runProgram({ path: ['cli', 'plan', 'main.ts'], args })
}

/** A vLLM of this machine, started, tended and ended. */
function engine(args) {
  return runProgram({ path: ['cli', 'engine', 'main.ts'], args, env: loadSettings().env })
}

/** The batch runner, without the app's server. A program in a group of its own may not read a terminal. */
function batch(args) {
  const stdin = process.stdin.isTTY ? 'ignore' : 'inherit'
  const { env } = loadSettings()
  // What comes of one row is soon of no use: a small young generation, and an old one that is
  // looked through before it has doubled, keep the process small.
  const flags = ['--max-semi-space-size=4', '--heap-growing-percent=30']
  return runProgram({ path: ['cli', 'batch', 'main.ts'], args, env, stdin, flags })
}

/** Without the app's server: `name` is backup or restore. */
function backup(name) {
  return (args) =>
    runProgram({
      path: ['cli', 'backup', 'main.ts'],
      args: [name, ...args],
      env: loadSettings().env,
    })
}

/** On the built app and the scripted engine; the page's part in the system's Chromium. */
async function bench(args) {
  const env = args.includes('page') ? await ensureChromium() : process.env
  await ensureBuilt()
  return runProgram({ path: ['bench', 'main.ts'], args, env })
}

/** What the debug view's records cost a turn. */
function debugCost(args) {
  return runProgram({ path: ['cli', 'debug-cost', 'main.ts'], args })
}

/** A small fixed workload against an engine, kept under a label. */
function tips(args) {
  return runProgram({ path: ['cli', 'tips', 'main.ts'], args, env: loadSettings().env })
}

async function check(args) {
  const code = await run({ args: [toolFile('biome'), 'check', ...args] })
  return code === 0 ? run({ args: [toolFile('knip')] }) : code
}

async function system(args) {
  await ensureBuilt()
  const kind = process.env.TEST_POSTGRES_URL === undefined ? 'system' : 'postgres'
  const config = `vitest.${kind}.config.ts`
  return run({ args: [toolFile('vitest'), 'run', '--config', config, ...args] })
}

async function harness(args) {
  await ensureBuilt()
  return run({ args: [...harnessArguments(), ...args] })
}

/** Another command with a Postgres to keep its data in. */
async function postgres([name = 'unit', ...args]) {
  const command = COMMANDS[name]
  if (command === undefined) throw new LaunchError(`There is no command "${name}".`)
  const started = await startPostgres()
  Object.assign(process.env, started.env)
  try {
    return await command(args)
  } finally {
    started.stop()
  }
}

async function e2e(args) {
  const env = await ensureChromium()
  await ensureBuilt()
  return run({ args: [toolFile('playwright'), 'test', ...args], env })
}

/** The pictures of docs/screens, taken again. */
function screens(args) {
  return e2e(['--config', 'playwright.screens.config.ts', ...args])
}

async function testLive(args) {
  if (!process.env.ENGINE_TEST_URL) {
    throw new LaunchError(
      'ENGINE_TEST_URL is not set: name the running vLLM that the contract suite and the live journeys shall ask, such as ENGINE_TEST_URL=http://127.0.0.1:8000/v1.',
    )
  }
  const code = await run({ args: [toolFile('vitest'), 'run', 'contract'] })
  if (code !== 0) return code
  const env = await ensureChromium()
  await ensureBuilt()
  const config = ['--config', 'playwright.live.config.ts']
  return run({ args: [toolFile('playwright'), 'test', ...config, ...args], env })
}

export const COMMANDS = {
  start,
  demo,
  dev: installed(dev),
  build: installed(() => build()),
  stub: installed((args) => run({ args: [...stubArguments(), ...args] })),
  'engine:local': installed(engineLocal),
  batch: installed(batch),
  plan: installed(plan),
  bench: installed(bench),
  engine: installed(engine),
  'debug-cost': installed(debugCost),
  tips: installed(tips),
  test,
  'test:live': installed(testLive),
  check: installed(check),
  fix: tool('biome', 'check', '--write'),
  typecheck: installed(typecheck),
  'lint:layers': installed(lintLayers),
  unit: tool('vitest', 'run'),
  system: installed(system),
  harness: installed(harness),
  postgres: installed(postgres),
  backup: installed(backup('backup')),
  restore: installed(backup('restore')),
  e2e: installed(e2e),
  screens: installed(screens),
}
