import { readFileSync } from 'node:fs'
import { hasCode } from './has-code'

/** A process: its id, and when it began, because ids are used again. */
export type Holder = { pid: number; startedAt: string }

/** What a lock file names. */
export function readHolder(file: string): Holder | 'gone' | 'unreadable' {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>
    if (!Number.isSafeInteger(pid) || typeof startedAt !== 'string') return 'unreadable'
    return { pid: Number(pid), startedAt }
  } catch (error) {
    return hasCode(error, 'ENOENT') ? 'gone' : 'unreadable'
  }
}

export function isAlive({ pid, startedAt }: Holder): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return false
  }
  const present = startOf(pid)
  return present === undefined || startedAt === '' || present === startedAt
}

/** The boot and the tick at which a process began; undefined where the system does not tell (not Linux). */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold anything; the 22nd field is the 20th after it.
    const tick = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${tick}`
  } catch {
    return undefined
  }
}
