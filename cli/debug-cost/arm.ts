import { setTimeout as sleep } from 'node:timers/promises'
import { createRunRegistry } from '@/lib/chat/create-run-registry'
import { parseEnv } from '@/lib/config/env'
import { createEngine } from '@/lib/engine/create-engine'
import { SYSTEM_PROMPT } from '@/lib/prompt/system-prompt'
import { createServices } from '@/lib/services'
import type { BlockSize } from './block'
import { runBlock } from './run-block'

/** One process with the whole server but its pages. Arguments: the wiring, the engine's address, a data folder. */
const [wiring, engineUrl = '', dataDir = ''] = process.argv.slice(2)
const quiet = () => undefined
const loud = (fields: object, message: string) => console.error(message, fields)
const logger = { debug: quiet, info: quiet, warn: loud, error: loud }

const services = await createServices({
  env: parseEnv({ OPENAI_BASE_URL: engineUrl, DATA_DIR: dataDir }),
  logger,
})
const { monitor, store, debug } = services
const engine = createEngine({ baseUrl: engineUrl })
const observed = { observer: debug.observer, toTraceparent: debug.toTraceparent }
const runs = createRunRegistry({
  ...{ store, engine, monitor, logger, systemPrompt: SYSTEM_PROMPT },
  ...(wiring === 'with' ? observed : {}),
})
while (!monitor.current().canSend) await sleep(20)

process.on('message', async (size: BlockSize) => {
  const block = await runBlock({ runs, size, settled: debug.settled })
  process.send?.(block)
})
process.on('disconnect', async () => {
  await runs.drain({ graceMs: 0 })
  await services.close({ graceMs: 0 })
  await engine.close()
  process.exit(0)
})
process.send?.('ready')
