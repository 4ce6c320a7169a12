import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { EngineFolder } from '@/lib/process/engine-folder'
import type { Holder } from '@/lib/process/holder'

/** `waiting`: it ended, and is started again at `nextStartAt`. */
export type EngineStatus = 'starting' | 'ready' | 'waiting' | 'ended'

/** What the launcher writes of its vLLM, for `stop`, `status` and whoever looks after a crash. */
export type EngineState = {
  status: EngineStatus
  port: number
  baseUrl: string
  words: string[]
  /** The head of vLLM's process group. */
  engine?: Holder
  /** ISO 8601. */
  startedAt: string
  readyAt?: string
  nextStartAt?: string
  starts: number
  lastEnd?: string
}

/** Whole or not at all: a reader never sees half of it. */
export function writeState({ folder, state }: { folder: EngineFolder; state: EngineState }): void {
  const draft = `${folder.stateFile}.new`
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, folder.stateFile)
}

/** `undefined` where none was ever written, or by another version. */
export function readState({ stateFile }: Pick<EngineFolder, 'stateFile'>): EngineState | undefined {
  try {
    const state = JSON.parse(readFileSync(stateFile, 'utf8')) as Partial<EngineState>
    const isWhole = typeof state.status === 'string' && Array.isArray(state.words)
    return isWhole ? (state as EngineState) : undefined
  } catch {
    return undefined
  }
}
