import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '@/lib/domain/error'
import type { StartProgress } from '@/lib/domain/readiness'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import { settle } from './__fixtures__/fake-time'
import { seen } from './__fixtures__/observations'
import { timedOut } from './__fixtures__/scripted-engine'
import { type MonitorSetup, PROMPT, REST, setUpMonitor } from './__fixtures__/set-up-monitor'
import type { LocalStartPort } from './engine-watch'

let watch: MonitorSetup

beforeEach(() => {
  watch = setUpMonitor()
})
afterEach(() => watch.monitor.stop())

const phase = () => watch.monitor.current().phase

describe('a new engine', () => {
  async function warmed(metrics?: EngineMetrics) {
    watch.engine.sight = seen.up(metrics)
    await watch.time.advance(2200)
    watch.engine.warmUps.at(-1)?.resolve(undefined)
    await settle()
  }

  it('gets one token asked for behind the fixed prompt, once a process', async () => {
    watch.create().start()
    await warmed(REST)
    await watch.time.advance(20_000)
    watch.engine.sight = seen.refused()
    await watch.time.advance(5000)
    await warmed(REST)
    expect(watch.engine.warmUps).toHaveLength(1)
    await warmed({ ...REST, processStartedAtMs: 2000 })
    expect(watch.engine.warmUps).toHaveLength(2)
    expect(watch.engine.warmUps[0]?.request).toEqual({
      model: 'chat',
      messages: [
        { role: 'system', content: PROMPT },
        { role: 'user', content: 'Hello' },
      ],
      timeoutMs: 10_000,
    })
    expect(watch.engine.tokenized).toHaveLength(2)
  })

  it('is opened all the same when the warm-up fails, and the log has why', async () => {
    watch.create().start()
    watch.engine.sight = seen.up(REST)
    await watch.time.advance(1000)
    await watch.time.advance(10_000)
    expect(phase()).toBe('warming')
    watch.engine.warmUps[0]?.reject(timedOut())
    await settle()
    expect(phase()).toBe('ready')
    expect(watch.logged).toContainEqual({
      level: 'warn',
      fields: { kind: 'warm-up', code: 'engine_timeout' },
      message: 'a call to the engine failed',
    })
    expect(watch.calls[0]).toEqual({
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
    watch.engine.sight = seen.up(metrics)
    watch.create({ isWarmUpEnabled }).start()
    await watch.time.advance(5000)
    expect([phase(), watch.engine.warmUps.length]).toEqual(['ready', 0])
    expect(watch.logged.filter(({ fields }) => 'reason' in fields)).toEqual([
      { level: 'info', fields: { reason }, message: 'no warm-up for this engine' },
    ])
  })

  it('that dies in its warm-up is seen, and its warm-up let go', async () => {
    watch.engine.sight = seen.up(REST)
    watch.create().start()
    await watch.time.advance(0)
    watch.engine.sight = seen.unavailable()
    await watch.time.advance(1000)
    expect([phase(), watch.calls]).toMatchObject([
      'dead',
      [{ kind: 'warm-up', outcome: 'aborted' }],
    ])
    watch.engine.sight = seen.up({ ...REST, processStartedAtMs: 2000 })
    await watch.time.advance(1000)
    expect([phase(), watch.engine.warmUps.length]).toEqual(['warming', 2])
  })

  it('is opened though the ledger fails', async () => {
    watch.engine.sight = seen.up(REST)
    watch
      .create({
        onUpstreamCall: () => {
          throw new Error('full')
        },
      })
      .start()
    await watch.time.advance(0)
    watch.engine.warmUps[0]?.resolve(undefined)
    await settle()
    expect(phase()).toBe('ready')
  })
})

describe('the fixed prompt', () => {
  const facts = () => watch.monitor.current().systemPrompt
  const sha256 = createHash('sha256').update(PROMPT).digest('hex')

  it('is counted by the engine, against its cache block', async () => {
    watch.create()
    expect(facts()).toEqual({ sha256 })
    await watch.openGate()
    await settle()
    expect(facts()).toEqual({ sha256, tokens: 201, blockSizeTokens: 128, isCacheable: true })
    expect(watch.engine.tokenized).toMatchObject([
      {
        model: 'chat',
        messages: [{ role: 'system', content: PROMPT }],
        addGenerationPrompt: false,
      },
    ])
    expect(watch.calls).toMatchObject([{ kind: 'tokenize', outcome: 'ok' }])
  })

  it.each<[string, EngineMetrics, boolean | undefined]>([
    ['a block that it does not fill', { ...REST, blockSizeTokens: 256 }, false],
    ['a cache that is off', { ...REST, isPrefixCachingEnabled: false }, false],
    ['a block that is not told', { runningRequests: 0, waitingRequests: 0 }, undefined],
  ])('says of %s whether it can be cached', async (_, metrics, isCacheable) => {
    watch.engine.sight = seen.up(metrics)
    watch.create({ isWarmUpEnabled: false }).start()
    await watch.time.advance(0)
    expect(facts().isCacheable).toBe(isCacheable)
  })

  it('is counted once an engine, also where that failed', async () => {
    watch.engine.tokenize = () => Promise.reject(new AppError('engine_path_not_found'))
    await watch.openGate()
    await watch.time.advance(60_000)
    expect(watch.engine.tokenized).toHaveLength(1)
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
  const now = () => watch.monitor.current()

  it('is loading from its first moment, with its stages, before and after its port is open', async () => {
    told = { state: 'starting', progress }
    watch.create({ localStart }).start()
    await watch.time.advance(0)
    expect(now()).toMatchObject({
      phase: 'loading',
      isLocal: true,
      details: { localModel: 'tiny' },
      start: progress,
      log: 'following',
    })
    watch.engine.sight = seen.unavailable()
    await watch.time.advance(1000)
    expect(now()).toMatchObject({ phase: 'loading', start: progress })
  })

  it('keeps its stages through the warm-up, and loses them when it is ready', async () => {
    told = { state: 'ready', progress: { ...progress, stage: 'started' } }
    watch.engine.sight = seen.up(REST)
    watch.create({ localStart }).start()
    await watch.time.advance(0)
    expect(now()).toMatchObject({ phase: 'warming', start: { stage: 'started' } })
    watch.engine.warmUps[0]?.resolve(undefined)
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
    watch.create({ localStart }).start()
    await watch.time.advance(0)
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
    watch.engine.sight = seen.up(REST)
    await watch.time.advance(1000)
    expect(now()).not.toHaveProperty('failure')
  })
})
