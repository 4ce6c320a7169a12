import { AppError } from '@/lib/domain/error'
import { isSendable } from '@/lib/domain/readiness'
import type { EngineObservation } from '@/lib/engine/probe-engine'
import { createController, type EngineWatch, release, type WatchedEngine } from './engine-watch'
import { nextPhase, reportDeath } from './next-phase'
import { noteHealthy } from './start-progress'
import { setPhase } from './tend-process'
import { toEvidence } from './to-evidence'
import { keepStart } from './watch-log'

const SHUT_POLL_MS = 1000
const BUSY_POLL_MS = 1000
/** With the jitter and a look's own time, an idle engine's death is seen within 3 s. */
const IDLE_POLL_MS = 2000
const JITTER = 0.1
/** A hundred replies that fail together are one reason to look. */
const HURRY_SPACING_MS = 250

/** Looks at the engine, one look at a time, until the monitor stops. Never rejects. */
export async function pollEngine(watch: EngineWatch, engine: WatchedEngine): Promise<void> {
  while (!watch.stopping.signal.aborted) {
    await look(watch, engine)
    await pause(watch)
  }
}

/** The next look comes at once: a pause ends, and a look that began before gives way. */
export function hurry(watch: EngineWatch): void {
  watch.isHurryWanted = true
  watch.pause?.abort()
  if (watch.look?.isHurried === false) watch.look.controller.abort()
}

/** A reply met the engine's death: the gate shuts now, and what a look under way brings is void. */
export function noteDeath(watch: EngineWatch): void {
  watch.deaths += 1
  const { phase: state, settings, options } = watch
  setPhase(watch, reportDeath({ state, settings, nowMs: options.now() }))
}

/** Quick while shut and while requests run or wait, slower while the engine rests. */
function pollDelayMs(watch: EngineWatch): number {
  const { phase, metrics, options } = watch
  const isIdle =
    isSendable(phase.phase) &&
    phase.misses === 0 &&
    (metrics?.runningRequests ?? 0) + (metrics?.waitingRequests ?? 0) === 0
  const shutOrBusyMs = isSendable(phase.phase) ? BUSY_POLL_MS : SHUT_POLL_MS
  const delayMs = isIdle ? IDLE_POLL_MS : shutOrBusyMs
  return delayMs * (1 + JITTER * (2 * options.random() - 1))
}

async function look(watch: EngineWatch, engine: WatchedEngine): Promise<void> {
  const isHurried = watch.isHurryWanted
  watch.isHurryWanted = false
  if (isHurried) watch.hurriedAtMs = watch.options.now()
  const { deaths } = watch
  const controller = createController(watch)
  watch.look = { controller, isHurried }
  watch.probes += 1
  const askedAtMs = watch.options.now()
  const observation = await observe({ watch, engine, signal: controller.signal })
  watch.look = undefined
  release(watch, controller)
  if (observation === undefined || deaths !== watch.deaths) return
  takeIn(watch, observation, askedAtMs)
}

async function observe(options: {
  watch: EngineWatch
  engine: WatchedEngine
  signal: AbortSignal
}): Promise<EngineObservation | undefined> {
  const { watch, engine, signal } = options
  const previous = watch.observation === undefined ? {} : { previous: watch.observation }
  try {
    const observation = await engine.probe({ ...previous, signal })
    return signal.aborted ? undefined : observation
  } catch (cause) {
    if (signal.aborted) return undefined
    const error = new AppError('engine_unreachable', { cause })
    return {
      health: { kind: 'failed', error },
      models: { kind: 'not-asked' },
      isVersionSettled: false,
    }
  }
}

function takeIn(watch: EngineWatch, observation: EngineObservation, askedAtMs: number): void {
  const nowMs = watch.options.now()
  const { health, models, metrics, version, isVersionSettled } = observation
  watch.observation = observation
  watch.isHealthy = health.kind === 'ok' || models.kind === 'ok'
  if (watch.isHealthy) {
    watch.start = noteHealthy({ state: watch.start, nowMs })
    keepStart(watch)
  }
  if (models.kind === 'ok') {
    if (metrics !== undefined) {
      watch.metricsAtMs = { askedAtMs, seenAtMs: nowMs }
      watch.options.onMetrics?.(metrics)
    }
    watch.metrics = metrics ?? watch.metrics
    watch.version = version ?? (isVersionSettled ? undefined : watch.version)
  }
  const { phase: state, settings } = watch
  const evidence = toEvidence({ watch, nowMs })
  const next = nextPhase({ state, settings, observation, evidence, nowMs })
  if (next.admission.epoch !== state.admission.epoch) watch.metrics = metrics
  setPhase(watch, next)
}

async function pause(watch: EngineWatch): Promise<void> {
  if (!watch.isHurryWanted) {
    const controller = createController(watch)
    watch.pause = controller
    await rest({ watch, ms: pollDelayMs(watch), controller })
    watch.pause = undefined
  }
  const spacingMs = watch.hurriedAtMs + HURRY_SPACING_MS - watch.options.now()
  if (watch.isHurryWanted && spacingMs > 0) {
    await rest({ watch, ms: spacingMs, controller: createController(watch) })
  }
}

async function rest(options: {
  watch: EngineWatch
  ms: number
  controller: AbortController
}): Promise<void> {
  const { watch, ms, controller } = options
  await watch.options.sleep(ms, controller.signal).catch(() => {})
  release(watch, controller)
}
