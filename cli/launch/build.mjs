import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findNode, toolFile, withNode } from './find-node.mjs'
import { LaunchError } from './launch-error.mjs'
import { ROOT } from './root.mjs'
import { runChild } from './run-child.mjs'

const STAMP = join(ROOT, '.next', 'first-token-sources.sha256')
const FOLDERS = ['app', 'components', 'lib', 'public']
const ROOT_FILE =
  /^(next\.config|postcss\.config|instrumentation|proxy|tsconfig|package|package-lock)[^/]*\.(ts|mjs|json)$/
const NOT_BUILT = /[.]test[.]tsx?$|(^|\/)__fixtures__\//

function listSources() {
  const inFolders = FOLDERS.filter((folder) => existsSync(join(ROOT, folder))).flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
  )
  const atRoot = readdirSync(ROOT)
    .filter((name) => ROOT_FILE.test(name))
    .map((name) => join(ROOT, name))
  return [...inFolders, ...atRoot].filter((file) => !NOT_BUILT.test(file.slice(ROOT.length))).sort()
}

function hashSources() {
  const hash = createHash('sha256')
  for (const file of listSources()) {
    const bytes = readFileSync(file)
    hash.update(`${file.slice(ROOT.length)}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/** True when the build that is there was made of exactly these sources. */
export function isBuilt() {
  return (
    existsSync(join(ROOT, '.next', 'BUILD_ID')) &&
    existsSync(STAMP) &&
    readFileSync(STAMP, 'utf8') === hashSources()
  )
}

/** Exit code of `next build`. */
export async function build({ onLine, timeoutMs } = {}) {
  // Before, not after: what changes during the build makes the next start build again.
  const sources = hashSources()
  const node = findNode()
  const code = await runChild({
    command: node,
    args: [toolFile('next'), 'build'],
    env: { ...withNode(process.env, node), NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    onLine,
    timeoutMs,
  })
  if (code === 0) writeFileSync(STAMP, sources)
  return code
}

/** @throws {LaunchError} */
export async function ensureBuilt({ onLine } = {}) {
  if (isBuilt()) return
  const code = await build({ onLine })
  if (code !== 0) {
    throw new LaunchError(
      `The build failed (next build, exit code ${code}). Mend what it names above and run the same command again.`,
      { words: 'build', exitCode: code },
    )
  }
}
