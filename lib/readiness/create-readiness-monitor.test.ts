import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '@/lib/domain/error'
import type { StartProgress } from '@/lib/domain/readiness'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import { createFakeTime, settle } from './__fixtures__/fake-time'
import { seen } from './__fixtures__/observations'
import { createScriptedEngine, timedOut } from './__fixtures__/scripted-engine'
import { createReadinessMonitor, type ReadinessMonitorOptions } from './create-readiness-monitor'
import type { LocalStartPort, UpstreamCall } from './engine-watch'

const REST: EngineMetrics = {
  processStartedAtMs: 1000,
  runningRequests: 0,
  waitingRequests: 0,
  generationTokens: 5,
  blockSizeTokens: 128,
}
const PROMPT = 'You are exact.'

let time: ReturnType<typeof createFakeTime>
let engine: ReturnType<typeof createScriptedEngine>['engine']
let client: ReturnType<typeof createScriptedEngine>['client']
let monitor: ReturnType<typeof createReadinessMonitor>
let logged: { level: string; fields: Record<string, unknown>; message: string }[]
let calls: UpstreamCall[]

function create(more: Partial<ReadinessMonitorOptions> = {}) {
  const write = (level: string) => (fields: Record<string, unknown>, message: string) => {
    logged.push({ level, fields, message })
  }
  monitor = createReadinessMonitor({
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
  return monitor
}

const phase = () => monitor.current().phase
const phaseChanges = () =>
  logged.flatMap(({ fields }) => ('previousPhase' in fields ? [fields.phase] : []))

beforeEach(() => {
  time = createFakeTime()
  ;({ engine, client } = createScriptedEngine({ now: time.now, sight: seen.refused() }))
  logged = []
  calls = []
})
afterEach(() => monitor.stop())

/** An engine that was warmed and is ready. */
async function openGate(more: Partial<ReadinessMonitorOptions> = {}) {
  engine.sight = seen.up(REST)
  create({ isWarmUpEnabled: false, ...more }).start()
  await time.advance(0)
  expect(phase()).toBe('ready')
}

describe('the gate', () => {
  it('looks at nothing before it is started, and at everything once', async () => {
    create()
    await time.advance(10_000)
    expect([phase(), engine.looksAtMs]).toEqual(['checking', []])
    monitor.start()
    monitor.start()
    await time.advance(0)
    expect(engine.looksAtMs).toHaveLength(1)
  })

  it('opens by itself when the engine comes up, after its warm-up', async () => {
    create().start()
    await time.advance(3000)
    expect(phase()).toBe('unreachable')
    engine.sight = seen.up(REST)
    await time.advance(1000)
    expect(monitor.current()).toMatchObject({ phase: 'warming', canSend: false })
    engine.warmUps[0]?.resolve({ promptTokens: 30, completionTokens: 1 })
    await settle()
    expect(monitor.current()).toMatchObject({
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
      await openGate({ random: () => random })
      await time.advance(60_000)
      engine.sight = seen.unavailable()
      await time.advance(3000)
      expect(monitor.current()).toMatchObject({ phase: 'dead', canSend: false, servedModels: [] })
      expect(monitor.current()).not.toHaveProperty('load')
      engine.sight = seen.refused()
      await time.advance(1200)
      expect(phase()).toBe('unreachable')
      engine.sight = seen.up({ ...REST, processStartedAtMs: 2000 })
      await time.advance(1200)
      expect(phase()).toBe('ready')
      await monitor.stop()
    }
  })

  it('refuses a question with the phase unless it is open', async () => {
    create({ wantedModel: 'chat' }).start()
    const refusal = () => {
      try {
        return monitor.requireModel()
      } catch (error) {
        return error
      }
    }
    expect(refusal()).toMatchObject({ code: 'engine_not_ready', details: { phase: 'checking' } })
    await time.advance(0)
    expect(refusal()).toMatchObject({ code: 'engine_not_ready', details: { phase: 'unreachable' } })
    engine.sight = seen.up(REST)
    await time.advance(1000)
    expect(refusal()).toMatchObject({ code: 'engine_not_ready', details: { phase: 'warming' } })
    engine.warmUps[0]?.resolve(undefined)
    await settle()
    expect(refusal()).toBe('chat')
  })

  it('tells a change of phase to the log once, and never a look', async () => {
    create().start()
    await time.advance(60_000)
    expect(engine.looksAtMs.length).toBeGreaterThan(50)
    expect(monitor.probeCount()).toBe(engine.looksAtMs.length)
    expect(logged).toEqual([
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
    expect(monitor.current().phaseElapsedMs).toBe(60_000)
  })

  it('of an address that is none stays shut, and shows neither credentials nor query', async () => {
    const value = 'http//me:secret@host/v1?key=secret'
    create({ engine: undefined, engineUrl: { isValid: false, value, reason: 'not-a-url' } }).start()
    await time.advance(5000)
    expect(monitor.current()).toMatchObject({
      phase: 'invalid-url',
      canSend: false,
      details: { reason: 'not-a-url' },
      engineUrl: 'host/v1',
      log: 'off',
    })
    expect(JSON.stringify(monitor.current())).not.toContain('secret')
    expect(() => monitor.requireModel()).toThrow('engine_not_ready')
  })
})

describe('the poller', () => {
  const gaps = () =>
    engine.looksAtMs.slice(1).map((at, index) => at - (engine.looksAtMs[index] ?? 0))

  it.each<[string, EngineMetrics, number]>([
    ['rests', REST, 2000],
    ['works', { ...REST, runningRequests: 1 }, 1000],
    ['has a queue', { ...REST, waitingRequests: 1 }, 1000],
  ])('looks at an engine that %s after its own pause', async (_, metrics, gapMs) => {
    await openGate()
    engine.sight = seen.up(metrics)
    await time.advance(2000)
    engine.looksAtMs.length = 0
    await time.advance(8000)
    expect(new Set(gaps())).toEqual(new Set([gapMs]))
  })

  it('looks every second, with jitter, while the gate is shut', async () => {
    const rolls = [0, 0.5, 1]
    create({ random: () => rolls[engine.looksAtMs.length % 3] ?? 0 }).start()
    await time.advance(6000)
    expect(new Set(gaps().map(Math.round))).toEqual(new Set([900, 1000, 1100]))
  })

  it('asks a second time soon after a slow answer', async () => {
    await openGate()
    engine.sight = seen.slow()
    await time.advance(2000 + 1000 + 1000)
    expect(phase()).toBe('timeout')
  })

  it('has one look in flight, however long it takes', async () => {
    await openGate()
    engine.isHanging = true
    await time.advance(60_000)
    expect([engine.hanging.length, engine.maxInFlight]).toEqual([1, 1])
    engine.isHanging = false
    engine.hanging[0]?.resolve(seen.refused())
    await settle()
    expect(phase()).toBe('unreachable')
  })

  it('survives a look that fails in a way it should not', async () => {
    await openGate()
    engine.isHanging = true
    await time.advance(2000)
    engine.isHanging = false
    engine.hanging[0]?.reject(new TypeError('a mistake'))
    await settle()
    expect(phase()).toBe('unreachable')
    await time.advance(1000)
    expect(phase()).toBe('ready')
  })

  it('ends with its monitor, warm-up and look included', async () => {
    engine.sight = seen.up(REST)
    create().start()
    await time.advance(0)
    engine.isHanging = true
    await time.advance(1000)
    expect([engine.warmUps.length, engine.hanging.length]).toEqual([1, 1])
    await monitor.stop()
    const looks = engine.looksAtMs.length
    await time.advance(60_000)
    monitor.start()
    await time.advance(0)
    expect(engine.looksAtMs).toHaveLength(looks)
    expect(calls.map(({ outcome }) => outcome)).toEqual(['aborted'])
  })
})

describe('an error that a reply met', () => {
  it('brings the next look at once', async () => {
    await openGate()
    await time.advance(500)
    engine.sight = seen.refused()
    monitor.reportError(new AppError('engine_stream_cut'))
    await settle()
    expect([phase(), engine.looksAtMs]).toEqual(['unreachable', [0, 500]])
  })

  it('shuts the gate at once when it says that the engine died, whatever a look under way brings', async () => {
    await openGate()
    engine.isHanging = true
    await time.advance(2000)
    monitor.reportError(new AppError('engine_died'))
    expect(monitor.current()).toMatchObject({ phase: 'dead', canSend: false })
    engine.hanging[0]?.resolve(seen.up(REST))
    await settle()
    expect([phase(), engine.hanging.length]).toEqual(['dead', 2])
    engine.hanging[1]?.resolve(seen.unavailable())
    await settle()
    expect(phase()).toBe('dead')
  })

  it('makes void a look that another error had brought', async () => {
    await openGate()
    engine.isHanging = true
    monitor.reportError(new AppError('engine_stream_cut'))
    await settle()
    monitor.reportError(new AppError('engine_died'))
    engine.hanging[0]?.resolve(seen.up(REST))
    await settle()
    expect(phase()).toBe('dead')
    await time.advance(250)
    engine.hanging[1]?.resolve(seen.refused())
    await settle()
    expect(phase()).toBe('unreachable')
  })

  it('opens again at the next look when the engine lives after all', async () => {
    await openGate()
    monitor.reportError(new AppError('engine_died'))
    expect(phase()).toBe('dead')
    await settle()
    expect(phase()).toBe('ready')
    expect(engine.warmUps).toHaveLength(0)
  })

  it('is one reason to look when it comes a hundred times', async () => {
    await openGate()
    for (let reply = 0; reply < 100; reply += 1) {
      monitor.reportError(new AppError('engine_unreachable'))
      await time.advance(1)
    }
    expect(engine.looksAtMs).toHaveLength(2)
    await time.advance(250)
    expect(engine.looksAtMs).toHaveLength(3)
  })

  it.each(['engine_context_too_long', 'engine_rejected', 'engine_not_ready', 'internal'] as const)(
    'brings none when it is about something else: %s',
    async (code) => {
      await openGate()
      monitor.reportError(new AppError(code))
      await settle()
      expect(engine.looksAtMs).toHaveLength(1)
    },
  )
})

describe('a new engine', () => {
  async function warmed(metrics?: EngineMetrics) {
    engine.sight = seen.up(metrics)
    await time.advance(2200)
    engine.warmUps.at(-1)?.resolve(undefined)
    await settle()
  }

  it('gets one token asked for behind the fixed prompt, once a process', async () => {
    create().start()
    await warmed(REST)
    await time.advance(20_000)
    engine.sight = seen.refused()
    await time.advance(5000)
    await warmed(REST)
    expect(engine.warmUps).toHaveLength(1)
    await warmed({ ...REST, processStartedAtMs: 2000 })
    expect(engine.warmUps).toHaveLength(2)
    expect(engine.warmUps[0]?.request).toEqual({
      model: 'chat',
      messages: [
        { role: 'system', content: PROMPT },
        { role: 'user', content: 'Hello' },
      ],
      timeoutMs: 10_000,
    })
    expect(engine.tokenized).toHaveLength(2)
  })

  it('is opened all the same when the warm-up fails, and the log has why', async () => {
    create().start()
    engine.sight = seen.up(REST)
    await time.advance(1000)
    await time.advance(10_000)
    expect(phase()).toBe('warming')
    engine.warmUps[0]?.reject(timedOut())
    await settle()
    expect(phase()).toBe('ready')
    expect(logged).toContainEqual({
      level: 'warn',
      fields: { kind: 'warm-up', code: 'engine_timeout' },
      message: 'a call to the engine failed',
    })
    expect(calls[0]).toEqual({
      kind: 'warm-up',
      startedAtMs: 1_800_000_001_000,
      durationMs: 10_000,
      outcome: 'engine_timeout',
    })
  })

  it.each<[string, EngineMetrics, boolean]>([
    ['busy', { ...REST, runningRequests: 1 }, true],
    ['disabled', REST, false],
  ])('is opened without one when %s', async (reason, metrics, isWarmUpEnabled) => {
    engine.sight = seen.up(metrics)
    create({ isWarmUpEnabled }).start()
    await time.advance(5000)
    expect([phase(), engine.warmUps.length]).toEqual(['ready', 0])
    expect(logged.filter(({ fields }) => 'reason' in fields)).toEqual([
      { level: 'info', fields: { reason }, message: 'no warm-up for this engine' },
    ])
  })

  it('that dies in its warm-up is seen, and its warm-up let go', async () => {
    engine.sight = seen.up(REST)
    create().start()
    await time.advance(0)
    engine.sight = seen.unavailable()
    await time.advance(1000)
    expect([phase(), calls]).toMatchObject(['dead', [{ kind: 'warm-up', outcome: 'aborted' }]])
    engine.sight = seen.up({ ...REST, processStartedAtMs: 2000 })
    await time.advance(1000)
    expect([phase(), engine.warmUps.length]).toEqual(['warming', 2])
  })

  it('is opened though the ledger fails', async () => {
    engine.sight = seen.up(REST)
    create({
      onUpstreamCall: () => {
        throw new Error('full')
      },
    }).start()
    await time.advance(0)
    engine.warmUps[0]?.resolve(undefined)
    await settle()
    expect(phase()).toBe('ready')
  })
})

describe('the fixed prompt', () => {
  const facts = () => monitor.current().systemPrompt
  const sha256 = createHash('sha256').update(PROMPT).digest('hex')

  it('is counted by the engine, against its cache block', async () => {
    create()
    expect(facts()).toEqual({ sha256 })
    await openGate()
    await settle()
    expect(facts()).toEqual({ sha256, tokens: 201, blockSizeTokens: 128, isCacheable: true })
    expect(engine.tokenized).toMatchObject([
      {
        model: 'chat',
        messages: [{ role: 'system', content: PROMPT }],
        addGenerationPrompt: false,
      },
    ])
    expect(calls).toMatchObject([{ kind: 'tokenize', outcome: 'ok' }])
  })

  it.each<[string, EngineMetrics, boolean | undefined]>([
    ['a block that it does not fill', { ...REST, blockSizeTokens: 256 }, false],
    ['a cache that is off', { ...REST, isPrefixCachingEnabled: false }, false],
    ['a block that is not told', { runningRequests: 0, waitingRequests: 0 }, undefined],
  ])('says of %s whether it can be cached', async (_, metrics, isCacheable) => {
    engine.sight = seen.up(metrics)
    create({ isWarmUpEnabled: false }).start()
    await time.advance(0)
    expect(facts().isCacheable).toBe(isCacheable)
  })

  it('is counted once an engine, also where that failed', async () => {
    engine.tokenize = () => Promise.reject(new AppError('engine_path_not_found'))
    await openGate()
    await time.advance(60_000)
    expect(engine.tokenized).toHaveLength(1)
    expect(facts()).toEqual({ sha256, blockSizeTokens: 128 })
  })
})

describe('an engine that this app started itself', () => {
  const progress: StartProgress = {
    stage: 'downloading',
    progress: 0.5,
    elapsedMs: 9000,
    sinceLastLineMs: 100,
    isStuck: false,
    stages: [],
    facts: {},
  }
  let told: ReturnType<LocalStartPort['look']>
  const localStart = { modelName: 'tiny', look: () => told }
  const now = () => monitor.current()

  it('is loading from its first moment, with its stages, before and after its port is open', async () => {
    told = { state: 'starting', progress }
    create({ localStart }).start()
    await time.advance(0)
    expect(now()).toMatchObject({
      phase: 'loading',
      isLocal: true,
      details: { localModel: 'tiny' },
      start: progress,
      log: 'following',
    })
    engine.sight = seen.unavailable()
    await time.advance(1000)
    expect(now()).toMatchObject({ phase: 'loading', start: progress })
  })

  it('keeps its stages through the warm-up, and loses them when it is ready', async () => {
    told = { state: 'ready', progress: { ...progress, stage: 'started' } }
    engine.sight = seen.up(REST)
    create({ localStart }).start()
    await time.advance(0)
    expect(now()).toMatchObject({ phase: 'warming', start: { stage: 'started' } })
    engine.warmUps[0]?.resolve(undefined)
    await settle()
    expect(now().phase).toBe('ready')
    expect(now()).not.toHaveProperty('start')
  })

  it('is not reachable when it has ended, and says why and when it is tried again', async () => {
    const failure = {
      code: 'local-model-not-found',
      details: { path: '/models/mine.gguf', reason: 'no /etc/secret here' },
      line: 'no /etc/secret here',
      nextTryInMs: 4000,
    }
    told = { state: 'waiting', failure }
    create({ localStart }).start()
    await time.advance(0)
    expect(now()).toMatchObject({
      phase: 'unreachable',
      failure: {
        code: 'local-model-not-found',
        details: { path: '/models/mine.gguf', reason: 'no [path] here' },
        line: 'no [path] here',
        nextTryInMs: 4000,
      },
    })
    told = { state: 'ready' }
    engine.sight = seen.up(REST)
    await time.advance(1000)
    expect(now()).not.toHaveProperty('failure')
  })
})
