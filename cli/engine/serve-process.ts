import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'
import type { Holder } from '@/lib/process/holder'
import { startOf } from '@/lib/process/holder'

export type ServeEnd = {
  /** As a sentence ends with it: `exit code 1`, `SIGKILL`. */
  how: string
  exitCode: number
  /** It could not even be run. */
  isUnstartable: boolean
}

export type ServeProcess = {
  holder: Holder | undefined
  ended: Promise<ServeEnd>
  /** SIGTERM to all of it, SIGKILL after the grace; resolves when nothing of it is left. */
  stop(options: { graceMs: number }): Promise<void>
}

/**
 * vLLM as the head of its own process group, its output appended to the log file itself: nothing is lost
 * when the launcher dies, and a Ctrl-C meant for the launcher does not reach it unasked. When the
 * head ends, what is left of the group (engine cores that hold the GPU's memory) is killed.
 */
export function startServe({
  words,
  logFile,
}: {
  words: readonly string[]
  logFile: string
}): ServeProcess {
  const [command = '', ...args] = words
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true })
  closeSync(log)
  const { pid } = child
  const ended = new Promise<ServeEnd>((resolve) => {
    child.once('error', (error) =>
      resolve({ how: error.message, exitCode: 127, isUnstartable: true }),
    )
    child.once('exit', (code, signal) => {
      signalGroup({ pid, signal: 'SIGKILL' })
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
      resolve({ how: signal ?? `exit code ${code}`, exitCode, isUnstartable: false })
    })
  })
  return {
    holder: pid === undefined ? undefined : { pid, startedAt: startOf(pid) ?? '' },
    ended,
    async stop({ graceMs }) {
      signalGroup({ pid, signal: 'SIGTERM' })
      const timer = setTimeout(() => signalGroup({ pid, signal: 'SIGKILL' }), graceMs)
      await ended
      clearTimeout(timer)
    },
  }
}

export function signalGroup({
  pid,
  signal,
}: {
  pid: number | undefined
  signal: NodeJS.Signals
}): void {
  if (pid === undefined || pid <= 1) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The group has ended.
  }
}
