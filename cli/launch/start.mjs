import { stripVTControlCharacters } from 'node:util'
import { ensureBuilt } from './build.mjs'
import { findNode, toolFile, withNode } from './find-node.mjs'
import { ensureInstalled } from './install.mjs'
import { LaunchError } from './launch-error.mjs'
import { startChild } from './run-child.mjs'
import { loadSettings } from './settings.mjs'
import { openWaitingServer } from './waiting-server.mjs'

const KEPT_LINES = 40

/** What the waiting page and its JSON tell: the step, how long, and what was printed last. */
function createProgress(now = performance.now.bind(performance)) {
  const startedAt = now()
  let step = 'installing'
  let stepAt = startedAt
  let lines = []
  let problem
  return {
    begin(next) {
      step = next
      stepAt = now()
      lines = []
    },
    onLine(line) {
      const text = stripVTControlCharacters(line).trim()
      if (text !== '') lines = [...lines, text].slice(-KEPT_LINES)
    },
    fail({ message, failure }) {
      problem = { problem: message, ...(failure === undefined ? {} : { failure }) }
    },
    status: () => ({
      phase: problem === undefined ? 'starting' : 'failed',
      step,
      elapsedMs: Math.round(now() - startedAt),
      stepElapsedMs: Math.round(now() - stepAt),
      lines: problem === undefined ? lines.slice(-1) : lines,
      ...problem,
    }),
  }
}

/** Keeps the page with the reason until the user ends it; never resolves. */
function holdPort(error) {
  console.error(`First Token: ${error.message}`)
  console.error('First Token: the page shows this too; Ctrl-C ends it.')
  process.exitCode = 1
  return new Promise(() => {})
}

async function prepare({ progress }) {
  progress.begin('installing')
  await ensureInstalled({ onLine: progress.onLine })
  progress.begin('building')
  await ensureBuilt({ onLine: progress.onLine })
  progress.begin('starting')
}

/**
 * Opens the port at once, prepares what is missing behind a waiting page, and hands the port to `next start`.
 * `beforeApp` may start a companion; it gets the environment and gives back what to add to it.
 */
export async function startApp({ overrides = {}, beforeApp } = {}) {
  const { env, host, port, url } = loadSettings(overrides)
  const progress = createProgress()
  const server = await openWaitingServer({ host, port, status: progress.status })
  console.log(`First Token: ${url}`)
  let node
  let companion
  try {
    await prepare({ progress })
    node = findNode()
    companion = await beforeApp?.(node)
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error
    progress.fail(error)
    await holdPort(error)
  }
  await server.close()
  const app = startChild({
    command: node,
    args: [toolFile('next'), 'start', '-H', host, '-p', String(port)],
    env: {
      ...withNode({ ...env, ...companion?.env }, node),
      HOST: host,
      PORT: String(port),
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
    },
  })
  return { app, companion }
}

export async function start() {
  const { app } = await startApp()
  return app.ended
}
