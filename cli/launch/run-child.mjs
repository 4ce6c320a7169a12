import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import { ROOT } from './root.mjs'

/** The app drains 5 s after SIGTERM; who takes much longer is ended. */
const GRACE_MS = 15_000

const children = new Set()
let isStopping = false

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group has ended.
  }
}

function toExitCode(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0)
}

function echoLines(child, onLine) {
  const streams = [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]
  for (const [source, terminal] of streams) {
    createInterface({ input: source }).on('line', (line) => {
      terminal.write(`${line}\n`)
      onLine(line)
    })
  }
}

/**
 * Starts a program as the head of its own process group, so that a signal reaches all that it starts.
 * `ended` resolves with its exit code when its whole group is gone, and never once a signal told us to stop.
 * With `onLine`, output is read line by line and shown as well; else the terminal is handed on.
 */
export function startChild({ command, args, env, onLine, timeoutMs, stdin = 'ignore' }) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env,
    detached: true,
    stdio: onLine === undefined ? [stdin, 'inherit', 'inherit'] : [stdin, 'pipe', 'pipe'],
  })
  if (onLine !== undefined) echoLines(child, onLine)
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          console.error(`First Token: ended after ${timeoutMs / 60_000} minutes without a result.`)
          signalGroup(child, 'SIGKILL')
        }, timeoutMs)
  const gone = new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`First Token: ${command} could not be started (${error.code}).`)
      resolve(127)
    })
    child.once('exit', () => signalGroup(child, 'SIGKILL'))
    child.once('close', (code, signal) => resolve(toExitCode(code, signal)))
  }).finally(() => {
    clearTimeout(timer)
    children.delete(entry)
  })
  const entry = { child, gone }
  children.add(entry)
  const ended = gone.then((code) => (isStopping ? new Promise(() => {}) : code))
  return { ended, stop: () => stopChild(entry) }
}

export function runChild(options) {
  return startChild(options).ended
}

async function stopChild({ child, gone }) {
  signalGroup(child, 'SIGTERM')
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS)
  const code = await gone
  clearTimeout(timer)
  return code
}

async function shutDown(signal) {
  const running = [...children]
  if (isStopping || running.length === 0) {
    for (const { child } of running) signalGroup(child, 'SIGKILL')
    process.exit(toExitCode(null, signal))
  }
  isStopping = true
  const timer = setTimeout(() => {
    for (const { child } of children) signalGroup(child, 'SIGKILL')
  }, GRACE_MS)
  for (const { child } of running) signalGroup(child, signal === 'SIGHUP' ? 'SIGTERM' : signal)
  const codes = await Promise.all(running.map(({ gone }) => gone))
  clearTimeout(timer)
  process.exit(codes.at(-1))
}

/** npm passes a signal to its shell, and the shell dies of it without telling us: only our parent changes. */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    shutDown('SIGTERM')
  }, 250)
  timer.unref()
}

/** Passes SIGINT, SIGTERM and SIGHUP on, waits for every child, and exits with the code of the one started last. */
export function stopOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => shutDown(signal))
  stopWithNpm()
}
