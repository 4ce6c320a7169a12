import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, readHolder } from './holder'

/** Where the terminal's launcher keeps what it knows of the vLLM on a port, and where the app looks for it. */
export type EngineFolder = {
  path: string
  /** vLLM's output, stdout and stderr. */
  logFile: string
  stateFile: string
  lockFile: string
}

const NAME = /^engine-(\d+)$/

export function toEngineFolder({ dataDir, port }: { dataDir: string; port: number }): EngineFolder {
  const path = join(dataDir, `engine-${port}`)
  return {
    path,
    logFile: join(path, 'vllm.log'),
    stateFile: join(path, 'state.json'),
    lockFile: join(path, 'lock'),
  }
}

/** The ports of all engines that were ever launched with this folder. */
export function listLaunchedPorts(dataDir: string): number[] {
  try {
    return readdirSync(dataDir)
      .flatMap((name) => Number(NAME.exec(name)?.[1] ?? []))
      .filter((port) => port > 0)
      .sort((a, b) => a - b)
  } catch {
    return []
  }
}

/** A launcher is at work on that port, be its engine ready or on the way. */
export function isLauncherAlive(folder: Pick<EngineFolder, 'lockFile'>): boolean {
  const holder = readHolder(folder.lockFile)
  return typeof holder !== 'string' && isAlive(holder)
}
