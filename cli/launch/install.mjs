import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refuseHopelessNode } from './find-node.mjs'
import { LaunchError } from './launch-error.mjs'
import { ROOT } from './root.mjs'
import { runChild } from './run-child.mjs'

function readPackages(file) {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages ?? {}
}

/**
 * True when npm's own record of what it installed agrees with the lockfile. npm writes that record
 * last, so a broken-off install is seen; optional packages of other machines may be missing.
 */
export function isInstalled() {
  if (!existsSync(join(ROOT, 'node_modules', '.package-lock.json'))) return false
  try {
    const installed = readPackages('node_modules/.package-lock.json')
    return Object.entries(readPackages('package-lock.json')).every(([path, wanted]) => {
      if (path === '') return true
      const found = installed[path]
      return found === undefined ? wanted.optional === true : found.version === wanted.version
    })
  } catch {
    return false
  }
}

function npmCommand() {
  const running = process.env.npm_execpath ?? ''
  return running.endsWith('npm-cli.js')
    ? { command: process.execPath, args: [running] }
    : { command: 'npm', args: [] }
}

/**
 * Installs from the lockfile. Not `npm ci`: a mirror without every foreign-platform package makes
 * that end with "Missing: … from lock file".
 * @throws {LaunchError}
 */
export async function ensureInstalled({ onLine } = {}) {
  refuseHopelessNode()
  if (isInstalled()) return
  const npm = npmCommand()
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  // The build needs the development packages, also where NODE_ENV=production leaves them out.
  const args = [...npm.args, 'install', ...quiet, '--include=dev', '--include=optional']
  const code = await runChild({ command: npm.command, args, env: process.env, onLine })
  if (code !== 0) {
    throw new LaunchError(
      `The install failed (npm install, exit code ${code}). Mend what npm names above and run the same command again.`,
      { words: 'install', exitCode: code },
    )
  }
}
