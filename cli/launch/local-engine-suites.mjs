import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from './find-free-port.mjs'
import {
  findNode,
  localEngineArguments,
  toolFile,
  vitestArguments,
  withNode,
} from './find-node.mjs'
import { runChild, startChild } from './run-child.mjs'

const MINUTE = 60_000
const POLL_MS = 200

function runVitest({ path, report, env, minutes }) {
  const node = findNode()
  return runChild({
    command: node,
    args: [toolFile('vitest'), ...vitestArguments({ args: [path], report })],
    env: withNode({ ...process.env, ...env }, node),
    timeoutMs: minutes * MINUTE,
  })
}

async function untilReady({ url, hasEnded }) {
  for (;;) {
    const response = await fetch(`${url}/health`).catch(() => undefined)
    if (response?.status === 200) return true
    if (hasEnded()) return false
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** The contract suite on the real engine, which `runRealModel` has installed and fetched before. */
async function runContract({ dataDir, report }) {
  const node = findNode()
  const port = await findFreePort()
  const engine = startChild({
    command: node,
    args: [...localEngineArguments(), '--data-dir', dataDir, '--port', String(port)],
    env: withNode(process.env, node),
    timeoutMs: 5 * MINUTE,
  })
  let hasEnded = false
  engine.ended.then(() => {
    hasEnded = true
  })
  const url = `http://127.0.0.1:${port}`
  try {
    if (!(await untilReady({ url, hasEnded: () => hasEnded }))) return 1
    const env = { ENGINE_TEST_URL: `${url}/v1`, ENGINE_TEST_KEY: '' }
    return await runVitest({ path: 'lib/engine/contract', report, env, minutes: 4 })
  } finally {
    await engine.stop()
  }
}

/**
 * The local engine with its real model: installed by npm and fetched by pip into a folder that is
 * deleted afterwards. Both answer with an exit code; the second needs what the first has fetched.
 */
export function createLocalEngineSuites() {
  const dataDir = mkdtempSync(join(tmpdir(), 'first-token-local-engine-'))
  return {
    runRealModel: (report) =>
      runVitest({
        path: 'local-engine/real',
        report,
        env: { LOCAL_ENGINE_TEST: '1', LOCAL_ENGINE_TEST_DIR: dataDir },
        minutes: 8,
      }),
    runContract: (report) => runContract({ dataDir, report }),
    dispose: () => rmSync(dataDir, { recursive: true, force: true }),
  }
}
