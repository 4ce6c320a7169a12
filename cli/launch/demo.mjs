import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort } from './find-free-port.mjs'
import { stubArguments, withNode } from './find-node.mjs'
import { ROOT } from './root.mjs'
import { startChild } from './run-child.mjs'
import { startApp } from './start.mjs'

const DATA_DIR = join(ROOT, '.data', 'demo')

/** The scripted engine, with the log that the gate follows. */
async function startStub(node) {
  mkdirSync(DATA_DIR, { recursive: true })
  const logFile = join(DATA_DIR, 'engine.log')
  rmSync(logFile, { force: true })
  const port = await findFreePort()
  const controlPort = await findFreePort()
  const child = startChild({
    command: node,
    args: [
      ...stubArguments(),
      ...['--port', String(port)],
      ...['--control-port', String(controlPort)],
      ...['--log-file', logFile],
      '--demo',
    ],
    env: withNode(process.env, node),
  })
  const env = { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, ENGINE_LOG_FILE: logFile }
  return { ...child, env }
}

/** The app and the scripted engine; when one ends, so does the other. */
export async function demo() {
  const { app, companion } = await startApp({
    overrides: { DEMO: 'true', DATA_DIR, DATABASE_URL: '', MODEL: '', OPENAI_API_KEY: 'EMPTY' },
    beforeApp: startStub,
  })
  const code = await Promise.race([app.ended, companion.ended])
  await Promise.all([app.stop(), companion.stop()])
  return code
}
