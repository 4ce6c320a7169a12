import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { LaunchError } from './launch-error.mjs'
import { ROOT } from './root.mjs'

/** What ai, vitest and better-sqlite3 need; better-sqlite3 crashes on Node 20. */
const OLDEST = [22, 12]

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** The package that carries a Node for this machine, or undefined where there is none. */
function ownPackage() {
  const isCovered = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
  return isCovered ? `node-linux-${process.arch}` : undefined
}

function tooOld() {
  return new LaunchError(
    `Node 22.12 or newer is needed, and this is ${process.version}. Install Node 24 (https://nodejs.org) and run the same command again.`,
  )
}

/** @throws {LaunchError} before anything is installed, where no install could bring a Node that works. */
export function refuseHopelessNode() {
  if (ownPackage() === undefined && !isNewEnough(process.version)) throw tooOld()
}

/**
 * The installed own Node where it runs on this machine, else the one that runs this.
 * @throws {LaunchError} when neither is new enough.
 */
export function findNode() {
  const name = ownPackage()
  const own = name && join(ROOT, 'node_modules', name, 'bin', 'node')
  // It is linked against glibc: on Alpine the file is there and does not start.
  if (own && existsSync(own) && spawnSync(own, ['--version']).status === 0) return own
  if (isNewEnough(process.version)) return process.execPath
  throw tooOld()
}

/** The environment in which `env node` and the installed tools find that Node. */
export function withNode(env, node) {
  const path = [dirname(node), join(ROOT, 'node_modules', '.bin'), env.PATH ?? '']
  return { ...env, PATH: path.join(delimiter) }
}

/** Before 22.18 Node strips types only when told to. */
function typedProgram(...path) {
  return ['--experimental-strip-types', join(ROOT, ...path)]
}

export const stubArguments = () => typedProgram('e2e', 'stub', 'main.ts')

export const harnessArguments = () => typedProgram('e2e', 'harness', 'main.ts')

export const localEngineArguments = () => typedProgram('local-engine', 'main.ts')

export const faultCheckArguments = () => typedProgram('cli', 'docs', 'check-faults.ts')

/** One run of the unit tests' tool, whose report is also kept as JSON. */
export function vitestArguments({ args = [], report }) {
  return ['run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
}

/** The file of an installed tool, to be run by `findNode()`. */
export function toolFile(name) {
  return join(ROOT, 'node_modules', '.bin', name)
}
