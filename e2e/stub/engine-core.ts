import { createEngineCounters, type EngineCounters } from './engine-counters.ts'
import { createPrefixCache, type PrefixCache } from './prefix-cache.ts'
import {
  type GenerateOptions,
  type Generation,
  runGeneration,
  type Slot,
} from './run-generation.ts'
import type { EngineScenario } from './scenario.ts'
import { createScheduler } from './scheduler.ts'
import { createGate } from './wait.ts'

export type EngineCore = {
  /** Queue, prefill, decode. Rejects with the signal's reason when it aborts. */
  generate: (options: GenerateOptions) => Promise<Generation>
  counters: EngineCounters
  running: () => number
  waiting: () => number
  kvUsage: () => number
  /** Call after the scenario of the engine has changed. */
  update: () => void
  resumeStalled: () => void
  clearCache: () => void
  reset: () => void
}

function countBlocks(engine: EngineScenario): number {
  return Math.max(1, Math.floor(engine.kvCacheTokens / engine.blockSize))
}

/** A cache that starts anew when its shape changes. */
function createShapedCache(): { fit: (engine: EngineScenario) => PrefixCache } {
  let shape = ''
  let cache: PrefixCache | undefined
  return {
    fit: (engine) => {
      const { blockSize } = engine
      const blocks = countBlocks(engine)
      const wanted = `${blockSize} ${blocks}`
      if (cache === undefined || shape !== wanted) cache = createPrefixCache({ blockSize, blocks })
      shape = wanted
      return cache
    },
  }
}

/** A model that never thinks: it queues, waits and speaks as the scenario says. */
export function createEngineCore(options: {
  engine: () => EngineScenario
  /** Called when what is running or waiting has changed. */
  onChange: () => void
}): EngineCore {
  const { engine, onChange } = options
  const counters = createEngineCounters()
  const tokensMove = createGate()
  const slots = new Set<Slot>()
  const cache = createShapedCache()
  let stallEnds = createGate()
  const scheduler = createScheduler({
    slots: () => engine().maxNumSeqs,
    isOpen: () => !engine().sleeping,
    onChange,
  })
  tokensMove.set(!engine().wedge)

  const generate = async (run: GenerateOptions): Promise<Generation> => {
    const { scenario, signal } = run
    const queuedAtMs = performance.now()
    await scheduler.acquire({ queueMs: scenario.queueMs, signal })
    const slot: Slot = { tokens: 0 }
    slots.add(slot)
    onChange()
    try {
      const { blockSize } = engine()
      const host = { counters, cache: cache.fit(engine()), blockSize, tokensMove, stallEnds }
      return await runGeneration({ ...run, host, slot, queuedAtMs })
    } finally {
      slots.delete(slot)
      scheduler.release()
    }
  }

  return {
    generate,
    counters,
    running: () => Math.max(slots.size, engine().wedge ? 1 : 0),
    waiting: scheduler.waiting,
    kvUsage: () => {
      const { blockSize } = engine()
      const used = [...slots].reduce((sum, { tokens }) => sum + Math.ceil(tokens / blockSize), 0)
      return Math.min(1, used / countBlocks(engine()))
    },
    update: () => {
      tokensMove.set(!engine().wedge)
      scheduler.update()
    },
    resumeStalled: () => {
      stallEnds.set(true)
      stallEnds = createGate()
    },
    clearCache: () => cache.fit(engine()).clear(),
    reset: () => {
      counters.clear()
      cache.fit(engine()).clear()
    },
  }
}
