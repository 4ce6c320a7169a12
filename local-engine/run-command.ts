import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

/** `missing`: there is no such program. `output` is the end of what it wrote to stderr (and stdout, unless taken). */
export type CommandResult =
  | { status: 'missing' }
  | { status: 'ended'; exitCode: number | null; output: string }

const running = new Set<ChildProcess>()
const KEPT_CHARACTERS = 16_384
const isWindows = process.platform === 'win32'

/**
 * Runs a program to its end, in a process group of its own, so that `killRunningCommands` also
 * reaches what it started.
 */
export async function runCommand(options: {
  command: string
  args: readonly string[]
  cwd?: string
  /** Added to this process's own environment. */
  environment?: Record<string, string>
  /** Takes the standard output instead of keeping its end. */
  onStdout?: (stdout: Readable) => Promise<void>
}): Promise<CommandResult> {
  const { command, args, cwd, environment = {}, onStdout } = options
  const child = spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    // biome-ignore lint/style/noProcessEnv: the program needs this process's environment (PATH, proxies), and more
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !isWindows,
    // npm is a .cmd file there, which only a shell can start.
    shell: isWindows && command === 'npm',
  })
  running.add(child)
  let output = ''
  const keep = (data: Buffer) => {
    output = (output + data.toString('utf8')).slice(-KEPT_CHARACTERS)
  }
  child.stderr.on('data', keep)
  const ended = new Promise<CommandResult>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? resolve({ status: 'missing' }) : reject(error),
    )
    child.once('close', (exitCode) => resolve({ status: 'ended', exitCode, output }))
  }).finally(() => running.delete(child))
  if (onStdout === undefined) {
    child.stdout.on('data', keep)
    return ended
  }
  const [result] = await Promise.all([ended, onStdout(child.stdout)])
  return result
}

/** At once and without mercy: the process that asks is about to end. */
export function killRunningCommands(): void {
  for (const child of running) {
    if (child.pid === undefined) continue
    try {
      process.kill(isWindows ? child.pid : -child.pid, 'SIGKILL')
    } catch {
      // It has ended in the meantime.
    }
  }
}
