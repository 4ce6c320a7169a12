import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isRunning } from './__fixtures__/is-running'

const ENGINE = join(import.meta.dirname, '..', '..', 'local-engine', 'main.ts')
const SUPERVISOR = join(import.meta.dirname, '__fixtures__', 'run-parent.mjs')
const SERVICES = join(import.meta.dirname, '..', '__fixtures__', 'run-services.mjs')

let folder: string
let pids: number[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dies-'))
  pids = []
})
afterEach(() => {
  for (const pid of pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** The real engine, busy with an `npm` that never ends and has a child of its own. */
async function startBusyApp(parent: string) {
  const data = join(folder, 'data')
  const npm = join(folder, 'npm')
  writeFileSync(
    npm,
    `#!/bin/sh\nsleep 600 &\necho "$$ $!" > "${folder}/npm-pids.new"\nmv "${folder}/npm-pids.new" "${folder}/npm-pids"\nwait\n`,
  )
  chmodSync(npm, 0o755)
  const app = spawn(process.execPath, [parent, data, ENGINE], {
    // biome-ignore lint/style/noProcessEnv: the engine finds npm by the PATH that it inherits
    env: { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const enginePid = new Promise<number>((resolve) => {
    createInterface(app.stdout).on('line', (line) => {
      const pid = /^engine (\d+)$/.exec(line)?.[1]
      if (pid !== undefined) resolve(Number(pid))
    })
  })
  const engine = await enginePid
  const file = join(folder, 'npm-pids')
  await expect.poll(() => existsSync(file), { timeout: 15_000 }).toBe(true)
  const npmPids = readFileSync(file, 'utf8').trim().split(' ').map(Number)
  pids = [app.pid ?? 0, engine, ...npmPids]
  return { app, engine, npmPids }
}

it.each([
  ['the supervisor alone', 'SIGKILL', SUPERVISOR],
  ['the supervisor alone', 'SIGTERM', SUPERVISOR],
  ['the services of the app', 'SIGKILL', SERVICES],
  ['the services of the app', 'SIGTERM', SERVICES],
] as const)(
  'leaves no engine, no npm and none of its children when the app ends: %s, %s',
  async (_, signal, parent) => {
    const { app, engine, npmPids } = await startBusyApp(parent)
    const all = [engine, ...npmPids]
    expect(all.map(isRunning)).toEqual([true, true, true])
    app.kill(signal)
    await expect.poll(() => all.map(isRunning), { timeout: 10_000 }).toEqual([false, false, false])
  },
)

it('leaves no npm when the engine alone is told to end', async () => {
  const { engine, npmPids } = await startBusyApp(SUPERVISOR)
  process.kill(engine, 'SIGTERM')
  await expect.poll(() => npmPids.map(isRunning), { timeout: 10_000 }).toEqual([false, false])
})
