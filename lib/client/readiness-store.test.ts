import { describe, expect, it } from 'vitest'
import type { Readiness } from '@/lib/domain/readiness'
import type { FetchReadiness } from './fetch-readiness'
import type { PageSignals, Sleep } from './poller'
import { createReadinessStore, POLL_MS, selectCanSend, selectPhase } from './readiness-store'

const readinessOf = (more: Partial<Readiness> = {}): Readiness => ({
  phase: 'loading',
  canSend: false,
  phaseElapsedMs: 0,
  details: {},
  engineUrl: 'http://127.0.0.1:8000/v1',
  servedModels: [],
  log: 'following',
  systemPrompt: { sha256: 'a'.repeat(64) },
  isLocal: false,
  isDemo: false,
  ...more,
})
const ready = readinessOf({ phase: 'ready', canSend: true })
const loading = readinessOf()

/** A page and a server by hand: each poll waits for its answer, each sleep for the test. */
function setUp(initial = loading) {
  const sleeps: { ms: number; end: () => void }[] = []
  const asked: { answer: (readiness: Readiness) => void; fail: () => void }[] = []
  const waiting: (() => void)[] = []
  const wakers = new Set<() => void>()
  let isHidden = false
  let isOffline = false
  let nowMs = 1_000

  const changed = () => {
    for (const resolve of waiting.splice(0)) resolve()
  }
  const sleep: Sleep = ({ ms, signal }) =>
    new Promise((resolve) => {
      const end = () => resolve()
      signal.addEventListener('abort', end)
      sleeps.push({ ms, end })
      changed()
    })
  const fetchReadiness: FetchReadiness = () =>
    new Promise((resolve, reject) => {
      asked.push({ answer: resolve, fail: () => reject(new TypeError('network')) })
      changed()
    })
  const page: PageSignals = {
    isHidden: () => isHidden,
    onWake(listener) {
      wakers.add(listener)
      return () => wakers.delete(listener)
    },
  }
  const store = createReadinessStore({
    initial,
    fetchReadiness,
    sleep,
    page,
    now: () => nowMs,
    random: () => 0.5,
    isOffline: () => isOffline,
  })
  const stop = store.getState().startPolling()
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return {
    store,
    stop,
    asked,
    sleeps,
    wakers,
    setHidden: (hidden: boolean) => {
      isHidden = hidden
    },
    setOffline: (offline: boolean) => {
      isOffline = offline
    },
    advance: (ms: number) => {
      nowMs += ms
    },
    wake: () => {
      for (const listener of wakers) listener()
    },
    /** Ends the present sleep and resolves when the next poll was asked for. */
    async toPoll() {
      const count = asked.length
      sleeps.at(-1)?.end()
      await until(() => asked.length > count)
    },
    async answer(readiness: Readiness | 'fail') {
      const count = sleeps.length
      const poll = asked.at(-1)
      if (readiness === 'fail') poll?.fail()
      else poll?.answer(readiness)
      await until(() => sleeps.length > count)
    },
    untilPolls: (count: number) => until(() => asked.length >= count),
  }
}

describe('createReadinessStore', () => {
  it('opens by itself when the engine is ready, and shuts by itself when it is not', async () => {
    const { store, toPoll, answer } = setUp()
    expect(selectCanSend(store.getState())).toBe(false)
    await toPoll()
    await answer(ready)
    expect(selectCanSend(store.getState())).toBe(true)
    await toPoll()
    await answer(readinessOf({ phase: 'dead' }))
    expect(selectCanSend(store.getState())).toBe(false)
    expect(selectPhase(store.getState())).toBe('dead')
  })

  it('asks every second while shut, every two while open, and slowly in a hidden tab', async () => {
    const page = setUp()
    expect(page.sleeps.at(-1)?.ms).toBe(POLL_MS.shut)
    await page.toPoll()
    await page.answer(ready)
    expect(page.sleeps.at(-1)?.ms).toBe(POLL_MS.open)
    page.setHidden(true)
    await page.toPoll()
    await page.answer(loading)
    expect(page.sleeps.at(-1)?.ms).toBe(POLL_MS.hidden)
  })

  it.each([
    [0, 800],
    [0.999_999, 1200],
  ])('spreads the tabs: with the random number %d it waits %d ms', (random, expected) => {
    const waits: number[] = []
    const store = createReadinessStore({
      initial: loading,
      random: () => random,
      sleep: ({ ms }) => {
        waits.push(ms)
        return new Promise(() => undefined)
      },
      page: { isHidden: () => false, onWake: () => () => undefined },
    })
    store.getState().startPolling()
    expect(waits[0]).toBeCloseTo(expected, 0)
  })

  it('asks at once after an engine error and when the tab comes back', async () => {
    const page = setUp(ready)
    page.store.getState().pollNow()
    await page.untilPolls(1)
    await page.answer(ready)
    page.wake()
    await page.untilPolls(2)
  })

  it('asks once more when told to during a poll, whose answer may be older than the error', async () => {
    const page = setUp(ready)
    await page.toPoll()
    page.store.getState().pollNow()
    page.asked.at(-1)?.answer(ready)
    await page.untilPolls(2)
    await page.answer(readinessOf({ phase: 'dead' }))
    expect(selectPhase(page.store.getState())).toBe('dead')
  })

  it('is offline after one failure where the browser says so, and back with the first answer', async () => {
    const { store, toPoll, answer, setOffline } = setUp(ready)
    setOffline(true)
    expect(selectPhase(store.getState())).toBe('ready')
    await toPoll()
    await answer(ready)
    expect(selectCanSend(store.getState())).toBe(true)
    await toPoll()
    await answer('fail')
    expect(selectPhase(store.getState())).toBe('offline')
    expect(selectCanSend(store.getState())).toBe(false)
    setOffline(false)
    await toPoll()
    await answer('fail')
    expect(selectPhase(store.getState())).toBe('app-unreachable')
    await toPoll()
    await answer(ready)
    expect(selectPhase(store.getState())).toBe('ready')
  })

  it('calls the app unreachable after the third failure in a row, and back with the first answer', async () => {
    const { store, toPoll, answer, sleeps } = setUp(ready)
    for (const isReachable of [true, true, false, false]) {
      await toPoll()
      await answer('fail')
      expect(store.getState().isAppReachable).toBe(isReachable)
      expect(sleeps.at(-1)?.ms).toBe(POLL_MS.shut)
    }
    expect(selectPhase(store.getState())).toBe('app-unreachable')
    expect(selectCanSend(store.getState())).toBe(false)
    expect(store.getState().readiness).toBe(ready)
    await toPoll()
    await answer(ready)
    expect(selectPhase(store.getState())).toBe('ready')
    expect(store.getState().clocks.lostAtMs).toBeUndefined()
  })

  it('does not add up failures that are not in a row', async () => {
    const { store, toPoll, answer } = setUp()
    for (const outcome of ['fail', 'fail', loading, 'fail', 'fail'] as const) {
      await toPoll()
      await answer(outcome)
    }
    expect(store.getState().isAppReachable).toBe(true)
  })

  it('stops with what it waits for, and may be started again', async () => {
    const page = setUp()
    page.stop()
    expect(page.wakers.size).toBe(0)
    const stopAgain = page.store.getState().startPolling()
    await page.toPoll()
    stopAgain()
    page.asked.at(-1)?.answer(ready)
    await new Promise((resolve) => setImmediate(resolve))
    expect(page.store.getState().readiness).toBe(loading)
  })

  it('keeps its clock from running back when an answer is slow to come', async () => {
    const { store, toPoll, answer, advance } = setUp(readinessOf({ phaseElapsedMs: 10_000 }))
    const startedAtMs = store.getState().clocks.phaseStartedAtMs
    expect(startedAtMs).toBe(-9_000)
    advance(1_000)
    await toPoll()
    advance(300)
    await answer(readinessOf({ phaseElapsedMs: 11_000 }))
    expect(store.getState().clocks.phaseStartedAtMs).toBe(startedAtMs)
  })

  it('begins its clock anew with another phase and with another start', async () => {
    const start = {
      stage: 'weights' as const,
      progress: 0.4,
      elapsedMs: 30_000,
      sinceLastLineMs: 0,
      isStuck: false,
      stages: [],
      facts: {},
    }
    const { store, toPoll, answer } = setUp(readinessOf({ phaseElapsedMs: 500, start }))
    expect(store.getState().clocks.startStartedAtMs).toBe(-29_000)
    await toPoll()
    await answer(readinessOf({ phaseElapsedMs: 900, start: { ...start, elapsedMs: 2_000 } }))
    expect(store.getState().clocks.startStartedAtMs).toBe(-1_000)
    await toPoll()
    await answer(readinessOf({ phase: 'warming', phaseElapsedMs: 100 }))
    expect(store.getState().clocks).toEqual({ phaseStartedAtMs: 900 })
  })
})
