import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The server's own word for it: its lock names it. */
export function readPid(dataDir: string): number {
  return Number(JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8')).pid)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export function readRssBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}

/** Open sockets, files and pipes. */
export function countHandles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

export type LogLine = { level: string; msg: string; code?: string; runId?: string } & Record<
  string,
  unknown
>

/** The server's own lines among all that it printed. */
export function readLog(output: string): LogLine[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{"level"'))
    .map((line) => JSON.parse(line))
}

/** Each line about a rejection or an error that nobody handled, by the server's own log or by the framework's. */
export function findUnhandled(output: string): string[] {
  return output
    .split('\n')
    .filter((line) =>
      /a promise was left rejected|an error was left uncaught|unhandled ?rejection|uncaught ?exception/i.test(
        line,
      ),
    )
}
