import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type LocalFailure, parseLocalLogLine } from './parse-local-log-line'

export type EngineProcess = {
  pid: number | undefined
  /** Asks it to end, and kills it after the grace; resolves when it is gone. */
  end(options: { graceMs: number }): Promise<void>
}

const KEPT_ERROR_LINES = 4

/**
 * One run of the local engine. The IPC channel carries nothing: it closes whatever way this
 * process ends, kill -9 included, and the engine then kills itself.
 */
export function startEngineProcess(options: {
  nodePath: string
  args: readonly string[]
  onLine: (line: string) => void
  /** Once, after its last line. The failure is the one it named, else `crashed`. */
  onEnd: (failure: LocalFailure) => void
}): EngineProcess {
  const { nodePath, args, onLine, onEnd } = options
  const child = spawn(nodePath, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Out of reach of a Ctrl-C meant for the app, which first lets answers end and then ends it.
    detached: process.platform !== 'win32',
  })
  const errorLines: string[] = []
  let named: LocalFailure | undefined
  let hasEnded = false
  const handleLine = (line: string) => {
    named = parseLocalLogLine(line)?.failure ?? named
    onLine(line)
  }
  if (child.stdout !== null) createInterface(child.stdout).on('line', handleLine)
  if (child.stderr !== null) {
    createInterface(child.stderr).on('line', (line) => {
      if (line.trim() !== '') errorLines.push(line.trim())
      if (errorLines.length > KEPT_ERROR_LINES) errorLines.shift()
      handleLine(line)
    })
  }
  const ended = new Promise<void>((resolve) => {
    const handleEnd = (exit: string) => {
      if (hasEnded) return
      hasEnded = true
      onEnd(named ?? toCrash({ exit, errorLines }))
      resolve()
    }
    child.once('error', (error) => handleEnd(error.message))
    child.once('close', (code, signal) => handleEnd(signal ?? `exit code ${code}`))
  })
  return {
    pid: child.pid,
    async end({ graceMs }) {
      if (hasEnded) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await ended
      clearTimeout(timer)
    },
  }
}

/** The file must be one that can be run: a missing Node never gets better by itself. */
function toCrash(options: { exit: string; errorLines: readonly string[] }): LocalFailure {
  const { exit, errorLines } = options
  const reason = errorLines.join(' ').slice(0, 300)
  return {
    code: 'crashed',
    isRetryable: !exit.includes('ENOENT'),
    facts: { exit, ...(reason === '' ? {} : { reason }) },
  }
}
