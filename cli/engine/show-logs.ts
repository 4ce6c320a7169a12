import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { followLog } from '@/lib/engine/follow-log'
import { toEngineFolder } from '@/lib/process/engine-folder'
import { choosePort } from './choose-port'
import type { EngineContext } from './start-engine'

/** The last lines of vLLM's output, and with `doesFollow` what comes, until the signal aborts. */
export async function showLogs({
  port: given,
  lines,
  doesFollow,
  context,
}: {
  port: number | undefined
  lines: number
  doesFollow: boolean
  context: EngineContext
}): Promise<number> {
  const { env, print, printError, signal } = context
  const port = choosePort({ port: given, dataDir: env.dataDir })
  const { logFile } = toEngineFolder({ dataDir: env.dataDir, port })
  if (!doesFollow) {
    const text = await readFile(logFile, 'utf8').catch(() => undefined)
    for (const line of lastOf((text ?? '').split('\n').slice(0, -1), lines)) print(line)
    if (text === undefined) printError(`There is no log: ${logFile}`)
    return text === undefined ? 1 : 0
  }
  await followLog({
    path: logFile,
    signal,
    sleep: (ms, ending) => delay(ms, undefined, { signal: ending }),
    onLines: (batch) => {
      for (const line of batch.isBacklog ? lastOf(batch.lines, lines) : batch.lines) print(line)
    },
  })
  return 0
}

function lastOf(all: readonly string[], count: number): readonly string[] {
  return count === 0 ? [] : all.slice(-count)
}
