import { UsageError } from '@/cli/plan/parse-arguments'
import { isLauncherAlive, listLaunchedPorts, toEngineFolder } from '@/lib/process/engine-folder'
import { isAlive } from '@/lib/process/holder'
import { readState } from './engine-state'

/**
 * The port that is meant: the one given, else the only one at work, else the one used last.
 * @throws {UsageError} where several are at work, or there was never one.
 */
export function choosePort({
  port,
  dataDir,
}: {
  port: number | undefined
  dataDir: string
}): number {
  if (port !== undefined) return port
  const ports = listLaunchedPorts(dataDir)
  const active = ports.filter((each) => isAtWork({ dataDir, port: each }))
  const [only] = active
  if (active.length > 1) throw new UsageError(`Say which with --port: ${active.join(', ')}.`)
  if (only !== undefined) return only
  const startedAt = (each: number) =>
    readState(toEngineFolder({ dataDir, port: each }))?.startedAt ?? ''
  const last = ports.toSorted((a, b) => startedAt(b).localeCompare(startedAt(a)))[0]
  if (last !== undefined) return last
  throw new UsageError(`No engine was ever started with ${dataDir}: npm run engine -- start`)
}

function isAtWork(where: { dataDir: string; port: number }): boolean {
  const folder = toEngineFolder(where)
  const engine = readState(folder)?.engine
  return isLauncherAlive(folder) || (engine !== undefined && isAlive(engine))
}
