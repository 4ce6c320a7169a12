import type { EngineMetrics } from '@/lib/engine/read-metrics'
import { createReadinessMonitor, type ReadinessMonitorOptions } from '../create-readiness-monitor'
import type { UpstreamCall } from '../engine-watch'
import { createFakeTime } from './fake-time'
import { seen } from './observations'
import { createScriptedEngine } from './scripted-engine'

export const REST: EngineMetrics = {
  processStartedAtMs: 1000,
  runningRequests: 0,
  waitingRequests: 0,
  generationTokens: 5,
  blockSizeTokens: 128,
}
export const PROMPT = 'You are exact.'

type Monitor = ReturnType<typeof createReadinessMonitor>
type Logged = { level: string; fields: Record<string, unknown>; message: string }

/** A monitor on an engine that shows what the test says, refusal at first, with time moved by hand. */
export function setUpMonitor() {
  const time = createFakeTime()
  const { engine, client } = createScriptedEngine({ now: time.now, sight: seen.refused() })
  const logged: Logged[] = []
  const calls: UpstreamCall[] = []
  let last: Monitor | undefined
  const write = (level: string) => (fields: Record<string, unknown>, message: string) => {
    logged.push({ level, fields, message })
  }

  function create(more: Partial<ReadinessMonitorOptions> = {}): Monitor {
    last = createReadinessMonitor({
      engine: client,
      engineUrl: { isValid: true, baseUrl: 'http://127.0.0.1:8000/v1' },
      systemPrompt: PROMPT,
      settings: { loadSetting: async () => undefined, saveSetting: async () => {} },
      log: { info: write('info'), warn: write('warn') },
      now: time.now,
      wallNow: () => 1_800_000_000_000 + time.now(),
      sleep: time.sleep,
      random: () => 0.5,
      onUpstreamCall: (call) => calls.push(call),
      ...more,
    })
    return last
  }

  return {
    time,
    engine,
    logged,
    calls,
    create,
    /** The one that was created last. */
    get monitor(): Monitor {
      if (last === undefined) throw new Error('no monitor was created')
      return last
    },
    /** An engine that was warmed and is ready. */
    async openGate(more: Partial<ReadinessMonitorOptions> = {}) {
      engine.sight = seen.up(REST)
      const monitor = create({ isWarmUpEnabled: false, ...more })
      monitor.start()
      await time.advance(0)
      const { phase } = monitor.current()
      if (phase !== 'ready') throw new Error(`the gate is ${phase}`)
    },
  }
}

export type MonitorSetup = ReturnType<typeof setUpMonitor>
