import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** A real engine of our own, with everything that it starts. */
export type LiveEngine = {
  /** The process that computes, apart from the one that answers. */
  corePid: () => number
  untilHealthy: () => Promise<void>
  stop: () => Promise<void>
}

const START_DEADLINE_MS = 400_000

function findCore(group: number | undefined): number {
  const processes = execFileSync('ps', ['-eo', 'pid=,pgid=,args='], { encoding: 'utf8' })
  const rows = processes.split('\n').map((line) => line.trim().split(/\s+/))
  const core = rows.find(
    ([, pgid, ...words]) => Number(pgid) === group && /EngineCore/.test(words.join(' ')),
  )
  if (core === undefined) throw new Error('the engine has no core')
  return Number(core[0])
}

async function stopGroup(started: ChildProcess): Promise<void> {
  const { pid, exitCode, signalCode } = started
  if (pid === undefined) return
  const ended = exitCode === null && signalCode === null ? once(started, 'exit') : undefined
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(-pid, signal)
    } catch {
      return
    }
    await Promise.race([ended, sleep(15_000)])
  }
}

/** Runs the command in a shell of its own that knows PORT; it has to serve there. */
export function startEngine(options: { command: string; port: number }): LiveEngine {
  const { command, port } = options
  const started = spawn('sh', ['-c', command], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, PORT: String(port) },
  })
  return {
    corePid: () => findCore(started.pid),
    untilHealthy: async () => {
      const deadline = performance.now() + START_DEADLINE_MS
      while (performance.now() < deadline) {
        const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined)
        if (answer?.ok) return
        if (started.exitCode !== null) break
        await sleep(200)
      }
      throw new Error(`${command} did not become healthy (exit ${started.exitCode})`)
    },
    stop: () => stopGroup(started),
  }
}
