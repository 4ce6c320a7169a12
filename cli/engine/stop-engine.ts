import { setTimeout as delay } from 'node:timers/promises'
import { type EngineFolder, isLauncherAlive, toEngineFolder } from '@/lib/process/engine-folder'
import { isAlive, readHolder } from '@/lib/process/holder'
import { choosePort } from './choose-port'
import { readState } from './engine-state'
import { signalGroup } from './serve-process'
import type { EngineContext } from './start-engine'

const LOOK_MS = 100
/** The launcher gives vLLM ten seconds. */
const PATIENCE_MS = 20_000

/** Ends a launcher with its vLLM, or a vLLM whose launcher is gone. Resolves when neither is left. */
export async function stopEngine({
  port: given,
  context,
}: {
  port: number | undefined
  context: EngineContext
}): Promise<number> {
  const { env, print, printError } = context
  const port = choosePort({ port: given, dataDir: env.dataDir })
  const folder = toEngineFolder({ dataDir: env.dataDir, port })
  const engine = readState(folder)?.engine
  const isEngineAlive = () => engine !== undefined && isAlive(engine)
  const isGone = () => !isLauncherAlive(folder) && !isEngineAlive()
  if (isGone()) {
    print(`No engine runs on port ${port}.`)
    return 0
  }
  askToEnd({ folder, enginePid: engine?.pid })
  const deadlineMs = performance.now() + PATIENCE_MS
  while (!isGone() && performance.now() < deadlineMs) await delay(LOOK_MS)
  if (!isGone() && isEngineAlive()) signalGroup({ pid: engine?.pid, signal: 'SIGKILL' })
  while (!isGone() && performance.now() < deadlineMs + 2000) await delay(LOOK_MS)
  if (!isGone()) {
    printError(`The engine on port ${port} does not end: its launcher hangs.`)
    return 1
  }
  print(`The engine on port ${port} has ended.`)
  return 0
}

function askToEnd({
  folder,
  enginePid,
}: {
  folder: EngineFolder
  enginePid: number | undefined
}): void {
  const holder = readHolder(folder.lockFile)
  if (typeof holder !== 'string' && isAlive(holder)) {
    process.kill(holder.pid, 'SIGTERM')
    return
  }
  signalGroup({ pid: enginePid, signal: 'SIGTERM' })
}
