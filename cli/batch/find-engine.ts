import { SYSTEM_CLOCK } from '@/lib/batch/batch-clock'
import { parseEngineUrl } from '@/lib/config/engine-url'
import { EnvError, parseEnv } from '@/lib/config/env'
import { readSystemPrompt } from '@/lib/config/read-system-prompt'
import { createEngine } from '@/lib/engine/create-engine'
import type { Engine } from '@/lib/engine/engine'
import { SYSTEM_PROMPT } from '@/lib/prompt/system-prompt'
import { UsageError } from './parse-arguments'
import type { Terminal } from './terminal'

export type FoundEngine = {
  engine: Engine
  /** The served name to ask. */
  model: string
  systemPrompt: string
}

const LOOK_AGAIN_MS = 1000

/**
 * The engine that the settings name, once it serves a model; told while it has to be waited for.
 * Undefined when the signal aborted meanwhile.
 * @throws {UsageError} for settings that cannot be used
 */
export async function findEngine(options: {
  url: string | undefined
  model: string | undefined
  terminal: Terminal
}): Promise<FoundEngine | undefined> {
  const { terminal } = options
  const env = readSettings(terminal)
  const address = options.url === undefined ? env.engineUrl : parseEngineUrl(options.url)
  if (!address.isValid)
    throw new UsageError('The address of the engine cannot be read: http://HOST:PORT/v1 is one.')
  const key = env.apiKey === undefined ? {} : { apiKey: env.apiKey }
  const engine = createEngine({ baseUrl: address.baseUrl, ...key })
  const wanted = options.model ?? env.model
  const model = wanted ?? (await waitForModel({ engine, terminal }))
  if (model === undefined) {
    await engine.close()
    return undefined
  }
  const { systemPromptFile } = env
  const systemPrompt =
    systemPromptFile === undefined ? SYSTEM_PROMPT : readSystemPrompt(systemPromptFile)
  return { engine, model, systemPrompt }
}

function readSettings({ env }: Terminal) {
  try {
    return parseEnv(env)
  } catch (error) {
    if (error instanceof EnvError) throw new UsageError(error.message)
    throw error
  }
}

async function waitForModel(options: {
  engine: Engine
  terminal: Terminal
}): Promise<string | undefined> {
  const { engine, terminal } = options
  const { signal } = terminal
  let isTold = false
  while (!signal.aborted) {
    const { models } = await engine.probe({ signal }).catch(() => ({ models: undefined }))
    const served = models?.kind === 'ok' ? models.models[0]?.id : undefined
    if (served !== undefined) return served
    if (!isTold) terminal.tell(`Waiting for a model at ${engine.baseUrl} …\n`)
    isTold = true
    await SYSTEM_CLOCK.sleep({ ms: LOOK_AGAIN_MS, signal })
  }
  return undefined
}
