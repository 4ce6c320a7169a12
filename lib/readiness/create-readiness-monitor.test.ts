import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '@/lib/domain/error'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import { settle } from './__fixtures__/fake-time'
import { seen } from './__fixtures__/observations'
import { type MonitorSetup, REST, setUpMonitor } from './__fixtures__/set-up-monitor'

let watch: MonitorSetup

beforeEach(() => {
  watch = setUpMonitor()
})
afterEach(() => watch.monitor.stop())

const phase = () => watch.monitor.current().phase
const phaseChanges = () =>
  watch.logged.flatMap(({ fields }) => ('previousPhase' in fields ? [fields.phase] : []))

describe('the gate', () => {
  it('looks at nothing before it is started, and at everything once', async () => {
    watch.create()
    await watch.time.advance(10_000)
    expect([phase(), watch.engine.looksAtMs]).toEqual(['checking', []])
    watch.monitor.start()
    watch.monitor.start()
    await watch.time.advance(0)
    expect(watch.engine.looksAtMs).toHaveLength(1)
  })

  it('opens by itself when the engine comes up, after its warm-up', async () => {
    watch.create().start()
    await watch.time.advance(3000)
    expect(phase()).toBe('unreachable')
    watch.engine.sight = seen.up(REST)
    await watch.time.advance(1000)
    expect(watch.monitor.current()).toMatchObject({ phase: 'warming', canSend: false })
    watch.engine.warmUps[0]?.resolve({ promptTokens: 30, completionTokens: 1 })
    await settle()
    expect(watch.monitor.current()).toMatchObject({
      phase: 'ready',
      canSend: true,
      model: { id: 'chat' },
      servedModels: ['chat'],
      engineVersion: '0.32.0',
      load: { runningRequests: 0, waitingRequests: 0 },
    })
    expect(phaseChanges()).toEqual(['unreachable', 'warming', 'ready'])
  })

  it('shuts within 3 s of the death of a resting engine, and opens by itself when it returns', async () => {
    for (const random of [0, 1]) {
      await watch.openGate({ random: () => random })
      await watch.time.advance(60_000)
      watch.engine.sight = seen.unavailable()
      await watch.time.advance(3000)
      expect(watch.monitor.current()).toMatchObject({
        phase: 'dead',
        canSend: false,
        servedModels: [],
      })
      expect(watch.monitor.current()).not.toHaveProperty('load')
      watch.engine.sight = seen.refused()
      await watch.time.advance(1200)
      expect(phase()).toBe('unreachable')
      watch.engine.sight = seen.up({ ...REST, processStartedAtMs: 2000 })
      await watch.time.advance(1200)
      expect(phase()).toBe('ready')
      await watch.monitor.stop()
    }
  })

  it('refuses a question with the phase unless it is open', async () => {
    watch.create({ wantedModel: 'chat' }).start()
    const refusal = () => {
      try {
        return watch.monitor.requireModel()
      } catch (error) {
        return error
      }
    }
    expect(refusal()).toMatchObject({ code: 'engine_not_ready', details: { phase: 'checking' } })
    await watch.time.advance(0)
    expect(refusal()).toMatchObject({ code: 'engine_not_ready', details: { phase: 'unreachable' } })
    watch.engine.sight = seen.up(REST)
    await watch.time.advance(1000)
    expect(refusal()).toMatchObject({ code: 'engine_not_ready', details: { phase: 'warming' } })
    watch.engine.warmUps[0]?.resolve(undefined)
    await settle()
    expect(refusal()).toBe('chat')
  })

  it('tells a change of phase to the log once, and never a look', async () => {
    watch.create().start()
    await watch.time.advance(60_000)
    expect(watch.engine.looksAtMs.length).toBeGreaterThan(50)
    expect(watch.monitor.probeCount()).toBe(watch.engine.looksAtMs.length)
    expect(watch.logged).toEqual([
      {
        level: 'info',
        fields: {
          phase: 'unreachable',
          previousPhase: 'checking',
          details: { host: '127.0.0.1:8000' },
        },
        message: 'the engine changed its phase',
      },
    ])
    expect(watch.monitor.current().phaseElapsedMs).toBe(60_000)
  })

  it('of an address that is none stays shut, and shows neither credentials nor query', async () => {
    const value = 'http//me:secret@host/v1?key=secret'
    watch
      .create({ engine: undefined, engineUrl: { isValid: false, value, reason: 'not-a-url' } })
      .start()
    await watch.time.advance(5000)
    expect(watch.monitor.current()).toMatchObject({
      phase: 'invalid-url',
      canSend: false,
      details: { reason: 'not-a-url' },
      engineUrl: 'host/v1',
      log: 'off',
    })
    expect(JSON.stringify(watch.monitor.current())).not.toContain('secret')
    expect(() => watch.monitor.requireModel()).toThrow('engine_not_ready')
  })
})

describe('the poller', () => {
  const gaps = () =>
    watch.engine.looksAtMs.slice(1).map((at, index) => at - (watch.engine.looksAtMs[index] ?? 0))

  it.each<[string, EngineMetrics, number]>([
    ['rests', REST, 2000],
    ['works', { ...REST, runningRequests: 1 }, 1000],
    ['has a queue', { ...REST, waitingRequests: 1 }, 1000],
  ])('looks at an engine that %s after its own pause', async (_, metrics, gapMs) => {
    await watch.openGate()
    watch.engine.sight = seen.up(metrics)
    await watch.time.advance(2000)
    watch.engine.looksAtMs.length = 0
    await watch.time.advance(8000)
    expect(new Set(gaps())).toEqual(new Set([gapMs]))
  })

  it('looks every second, with jitter, while the gate is shut', async () => {
    const rolls = [0, 0.5, 1]
    watch.create({ random: () => rolls[watch.engine.looksAtMs.length % 3] ?? 0 }).start()
    await watch.time.advance(6000)
    expect(new Set(gaps().map(Math.round))).toEqual(new Set([900, 1000, 1100]))
  })

  it('asks a second time soon after a slow answer', async () => {
    await watch.openGate()
    watch.engine.sight = seen.slow()
    await watch.time.advance(2000 + 1000 + 1000)
    expect(phase()).toBe('timeout')
  })

  it('has one look in flight, however long it takes', async () => {
    await watch.openGate()
    watch.engine.isHanging = true
    await watch.time.advance(60_000)
    expect([watch.engine.hanging.length, watch.engine.maxInFlight]).toEqual([1, 1])
    watch.engine.isHanging = false
    watch.engine.hanging[0]?.resolve(seen.refused())
    await settle()
    expect(phase()).toBe('unreachable')
  })

  it('survives a look that fails in a way it should not', async () => {
    await watch.openGate()
    watch.engine.isHanging = true
    await watch.time.advance(2000)
    watch.engine.isHanging = false
    watch.engine.hanging[0]?.reject(new TypeError('a mistake'))
    await settle()
    expect(phase()).toBe('unreachable')
    await watch.time.advance(1000)
    expect(phase()).toBe('ready')
  })

  it('ends with its monitor, warm-up and look included', async () => {
    watch.engine.sight = seen.up(REST)
    watch.create().start()
    await watch.time.advance(0)
    watch.engine.isHanging = true
    await watch.time.advance(1000)
    expect([watch.engine.warmUps.length, watch.engine.hanging.length]).toEqual([1, 1])
    await watch.monitor.stop()
    const looks = watch.engine.looksAtMs.length
    await watch.time.advance(60_000)
    watch.monitor.start()
    await watch.time.advance(0)
    expect(watch.engine.looksAtMs).toHaveLength(looks)
    expect(watch.calls.map(({ outcome }) => outcome)).toEqual(['aborted'])
  })
})

describe('an error that a reply met', () => {
  it('brings the next look at once', async () => {
    await watch.openGate()
    await watch.time.advance(500)
    watch.engine.sight = seen.refused()
    watch.monitor.reportError(new AppError('engine_stream_cut'))
    await settle()
    expect([phase(), watch.engine.looksAtMs]).toEqual(['unreachable', [0, 500]])
  })

  it('shuts the gate at once when it says that the engine died, whatever a look under way brings', async () => {
    await watch.openGate()
    watch.engine.isHanging = true
    await watch.time.advance(2000)
    watch.monitor.reportError(new AppError('engine_died'))
    expect(watch.monitor.current()).toMatchObject({ phase: 'dead', canSend: false })
    watch.engine.hanging[0]?.resolve(seen.up(REST))
    await settle()
    expect([phase(), watch.engine.hanging.length]).toEqual(['dead', 2])
    watch.engine.hanging[1]?.resolve(seen.unavailable())
    await settle()
    expect(phase()).toBe('dead')
  })

  it('makes void a look that another error had brought', async () => {
    await watch.openGate()
    watch.engine.isHanging = true
    watch.monitor.reportError(new AppError('engine_stream_cut'))
    await settle()
    watch.monitor.reportError(new AppError('engine_died'))
    watch.engine.hanging[0]?.resolve(seen.up(REST))
    await settle()
    expect(phase()).toBe('dead')
    await watch.time.advance(250)
    watch.engine.hanging[1]?.resolve(seen.refused())
    await settle()
    expect(phase()).toBe('unreachable')
  })

  it('opens again at the next look when the engine lives after all', async () => {
    await watch.openGate()
    watch.monitor.reportError(new AppError('engine_died'))
    expect(phase()).toBe('dead')
    await settle()
    expect(phase()).toBe('ready')
    expect(watch.engine.warmUps).toHaveLength(0)
  })

  it('is one reason to look when it comes a hundred times', async () => {
    await watch.openGate()
    for (let reply = 0; reply < 100; reply += 1) {
      watch.monitor.reportError(new AppError('engine_unreachable'))
      await watch.time.advance(1)
    }
    expect(watch.engine.looksAtMs).toHaveLength(2)
    await watch.time.advance(250)
    expect(watch.engine.looksAtMs).toHaveLength(3)
  })

  it.each(['engine_context_too_long', 'engine_rejected', 'engine_not_ready', 'internal'] as const)(
    'brings none when it is about something else: %s',
    async (code) => {
      await watch.openGate()
      watch.monitor.reportError(new AppError(code))
      await settle()
      expect(watch.engine.looksAtMs).toHaveLength(1)
    },
  )
})
