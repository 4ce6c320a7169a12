import type { Listener } from './listener.ts'
import type { EndCause, Stub } from './live-request.ts'
import { planStart, type StartEvent } from './play-log.ts'
import { logDeath, logShutdown, logStats } from './runtime-log.ts'

export type Phase = 'loading' | 'ready' | 'dead' | 'down'

export type EngineProcess = {
  phase: () => Phase
  startedAtSeconds: () => number
  /** Starts from the beginning, with a new start time and an empty cache; a running one is killed. */
  restart: () => Promise<void>
  /** The engine core dies: streams end with an error event (or are cut), then the port refuses. */
  die: (options: { streams: 'error' | 'fin' | 'rst'; closeAfterMs: number }) => void
  /** Ends the process; the port refuses until a restart. */
  stop: () => Promise<void>
  /** Ends the loading now. */
  finishLoading: () => void
  deathTold: () => void
}

const FIRST_PID = 5338
// A start is told from the one before by its time alone, which the kernel counts in such steps.
const START_RESOLUTION_MS = 10
const IDLE_INTERVAL_MS = 1000

function toPids(starts: number) {
  const api = FIRST_PID + starts * 1000
  return { api, core: api + 413 }
}

function toCause(streams: 'error' | 'fin' | 'rst'): EndCause {
  return streams === 'error' ? { kind: 'dead' } : { kind: 'cut', how: streams }
}

function endLive(options: { stub: Stub; cause: EndCause }): void {
  for (const live of [...options.stub.live]) live.end(options.cause)
}

type Timers = { after: (event: { delayMs: number; run: () => void }) => void; clear: () => void }

function createTimers(): Timers {
  const timers = new Set<NodeJS.Timeout>()
  return {
    after: ({ delayMs, run }) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        run()
      }, delayMs)
      timers.add(timer)
    },
    clear: () => {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

function repeatStats(options: { stub: Stub; timers: Timers }): void {
  const { stub, timers } = options
  const intervalMs = stub.book.engine().statsIntervalMs
  const run = () => {
    if (intervalMs > 0) logStats({ stub, intervalMs })
    repeatStats(options)
  }
  timers.after({ delayMs: intervalMs || IDLE_INTERVAL_MS, run })
}

/** The life of the engine: loading, ready, dead, gone, and again. */
export function createEngineProcess(options: { stub: Stub; listener: Listener }): EngineProcess {
  const { stub, listener } = options
  const timers = createTimers()
  let phase: Phase = 'down'
  let startedAtMs = 0
  let starts = 0

  const setPhase = (next: Phase) => {
    phase = next
    stub.recorder.changed()
  }
  const becomeReady = async () => {
    if (phase !== 'loading') return
    await listener.open()
    setPhase('ready')
    repeatStats({ stub, timers })
  }
  const goDown = async () => {
    timers.clear()
    endLive({ stub, cause: { kind: 'cut', how: 'fin' } })
    await listener.close()
    setPhase('down')
  }
  const happen = async (event: StartEvent) => {
    stub.log.write(event.text?.() ?? '')
    if (event.becomes === 'ready') await becomeReady()
    if (event.becomes === 'down') await goDown()
  }
  const begin = async () => {
    starts += 1
    const pids = toPids(starts)
    const scenario = stub.book.engine()
    startedAtMs = Math.max(Date.now(), startedAtMs + START_RESOLUTION_MS)
    stub.core.reset()
    stub.log.setPids(pids)
    setPhase('loading')
    if (scenario.loadingMode === '503') await listener.open()
    for (const event of planStart({ scenario, pids, port: listener.port() })) {
      if (event.atMs === 0) await happen(event)
      else timers.after({ delayMs: event.atMs, run: () => void happen(event) })
    }
  }
  const stop = async () => {
    if (phase === 'down') return
    logShutdown({ stub })
    await goDown()
  }
  const finishDeath = () => void (phase === 'dead' && stop())

  return {
    phase: () => phase,
    startedAtSeconds: () => startedAtMs / 1000,
    restart: async () => {
      if (phase !== 'down') await goDown()
      await begin()
    },
    die: ({ streams, closeAfterMs }) => {
      if (phase !== 'ready') return
      timers.clear()
      setPhase('dead')
      logDeath({ stub })
      endLive({ stub, cause: toCause(streams) })
      timers.after({ delayMs: closeAfterMs, run: finishDeath })
    },
    stop,
    finishLoading: () => {
      if (phase !== 'loading') return
      timers.clear()
      stub.log.write('INFO:     Application startup complete.\n')
      void becomeReady()
    },
    deathTold: finishDeath,
  }
}
