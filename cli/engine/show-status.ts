import { createEngine } from '@/lib/engine/create-engine'
import { isLauncherAlive, toEngineFolder } from '@/lib/process/engine-folder'
import { isAlive } from '@/lib/process/holder'
import { choosePort } from './choose-port'
import { type EngineState, readState } from './engine-state'
import type { EngineContext } from './start-engine'

const PROBE_MS = 3000

/** What is known of the engine and what it answers now. Resolves with 0 when it is ready, else 1. */
export async function showStatus({
  port: given,
  isJson,
  context,
}: {
  port: number | undefined
  isJson: boolean
  context: EngineContext
}): Promise<number> {
  const { env, print } = context
  const port = choosePort({ port: given, dataDir: env.dataDir })
  const folder = toEngineFolder({ dataDir: env.dataDir, port })
  const state = readState(folder)
  const isLaunched = isLauncherAlive(folder)
  const isRunning = state?.engine !== undefined && isAlive(state.engine)
  const models = await askModels({ port, apiKey: env.apiKey })
  const answer = { port, isLaunched, isRunning, models, logFile: folder.logFile, state }
  if (isJson) print(JSON.stringify(answer, null, 2))
  else for (const line of toLines(answer)) print(line)
  return models === undefined ? 1 : 0
}

function toLines(answer: {
  port: number
  isLaunched: boolean
  isRunning: boolean
  models: string[] | undefined
  logFile: string
  state: EngineState | undefined
}): string[] {
  const { port, isLaunched, isRunning, models, logFile, state } = answer
  const says = models === undefined ? 'does not answer' : `serves ${models.join(', ')}`
  const launcher = isLaunched
    ? `launcher at work (${state?.status ?? 'starting'})`
    : isRunning
      ? 'its launcher is gone: npm run engine -- stop ends it'
      : 'no launcher'
  return [
    `Port ${port}: ${says}; ${launcher}.`,
    ...(state === undefined ? [] : [`Starts: ${state.starts}, the first at ${state.startedAt}`]),
    ...(state?.lastEnd === undefined ? [] : [`Last end: ${state.lastEnd}`]),
    ...(state?.nextStartAt === undefined ? [] : [`Next start: ${state.nextStartAt}`]),
    `Log: ${logFile}`,
    ...(state === undefined ? [] : [state.words.join(' ')]),
  ]
}

async function askModels({
  port,
  apiKey,
}: {
  port: number
  apiKey: string | undefined
}): Promise<string[] | undefined> {
  const engine = createEngine({
    baseUrl: `http://127.0.0.1:${port}/v1`,
    ...(apiKey === undefined ? {} : { apiKey }),
  })
  try {
    const { models } = await engine.probe({ signal: AbortSignal.timeout(PROBE_MS) })
    return models.kind === 'ok' ? models.models.map(({ id }) => id) : undefined
  } catch {
    return undefined
  } finally {
    await engine.close()
  }
}
