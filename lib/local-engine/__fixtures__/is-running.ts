import { readFileSync } from 'node:fs'

/** False for a process that has ended, even when nobody has asked for its exit code yet. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0]
    return state !== 'Z' && state !== 'X'
  } catch {
    return process.platform !== 'linux'
  }
}
