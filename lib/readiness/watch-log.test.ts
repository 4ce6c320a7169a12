import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Readiness } from '@/lib/domain/readiness'
import { readRecordedLog } from '@/lib/engine/__fixtures__/read-log'
import { createFakeTime } from './__fixtures__/fake-time'
import { seen } from './__fixtures__/observations'
import { createScriptedEngine } from './__fixtures__/scripted-engine'
import { createReadinessMonitor, type ReadinessMonitorOptions } from './create-readiness-monitor'
import { START_RECORD_KEY } from './start-record'

const GPU = 'vllm-0.26.0-gpu'
const REST = { processStartedAtMs: 1000, runningRequests: 0, waitingRequests: 0 }

let folder: string
let logFile: string
let time: ReturnType<typeof createFakeTime>
let engine: ReturnType<typeof createScriptedEngine>['engine']
let monitor: ReturnType<typeof createReadinessMonitor>
let stored: Map<string, string>
let logged: { fields: Record<string, unknown>; message: string }[]

function start(more: Partial<ReadinessMonitorOptions> = {}) {
  const scripted = createScriptedEngine({ now: time.now, sight: seen.refused() })
  engine = scripted.engine
  const write = (fields: Record<string, unknown>, message: string) => {
    logged.push({ fields, message })
  }
  monitor = createReadinessMonitor({
    engine: scripted.client,
    engineUrl: { isValid: true, baseUrl: 'http://127.0.0.1:8000/v1' },
    systemPrompt: 'S',
    isWarmUpEnabled: false,
    logFile,
    settings: {
      loadSetting: async (key) => stored.get(key),
      saveSetting: async ({ key, value }) => void stored.set(key, value),
    },
    log: { info: write, warn: write },
    now: time.now,
    sleep: time.sleep,
    random: () => 0.5,
    ...more,
  })
  monitor.start()
}

/** Files are read in real time: moves the clock until the monitor says it. */
const until = (check: (readiness: Readiness) => void) =>
  vi.waitFor(
    async () => {
      await time.advance(500)
      check(monitor.current())
    },
    { timeout: 5000, interval: 5 },
  )

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watch-log-'))
  logFile = join(folder, 'vllm.log')
  time = createFakeTime()
  stored = new Map()
  logged = []
})
afterEach(async () => {
  await monitor.stop()
  rmSync(folder, { recursive: true, force: true })
})

const recorded = (file: string, untilSeconds = Number.POSITIVE_INFINITY) =>
  readRecordedLog(file)
    .filter(({ t }) => t <= untilSeconds)
    .map(({ s }) => s)
    .join('')

describe("the engine's log in the readiness", () => {
  it('is missing, then followed, through a rotation, then unreadable', async () => {
    start()
    expect(monitor.current().log).toBe('following')
    await until(({ log }) => expect(log).toBe('missing'))
    writeFileSync(logFile, recorded(`${GPU}.startup.compile-cold`, 60))
    await until(({ log, phase, start: progress }) => {
      expect([log, phase]).toEqual(['following', 'loading'])
      expect(progress).toMatchObject({ stage: 'weights', facts: { version: '0.26.0' } })
    })
    renameSync(logFile, `${logFile}.1`)
    writeFileSync(logFile, recorded('vllm-0.32.0.startup.enforce-eager', 84))
    await until(({ start: progress }) =>
      expect(progress).toMatchObject({ stage: 'resolving', facts: { version: '0.32.0' } }),
    )
    rmSync(logFile)
    await until(({ log }) => expect(log).toBe('missing'))
    mkdirSync(logFile)
    await until(({ log }) => expect(log).toBe('unreadable'))
    const statuses = logged.flatMap(({ fields }) => fields.status ?? [])
    expect(statuses[0]).toBe('missing')
    expect(statuses.at(-1)).toBe('unreadable')
    expect(statuses.length).toBeLessThan(9)
  })

  it('is off while a log that nobody promised is not there, and followed once it is', async () => {
    start({ isLogExpected: false })
    expect(monitor.current().log).toBe('off')
    await until(() =>
      expect(logged).toContainEqual(expect.objectContaining({ fields: { status: 'missing' } })),
    )
    expect(monitor.current().log).toBe('off')
    writeFileSync(logFile, recorded(`${GPU}.startup.compile-cold`, 60))
    await until(({ log, phase }) => expect([log, phase]).toEqual(['following', 'loading']))
  })

  it('shows a start until the engine is up, and keeps its time for the next', async () => {
    start()
    const whole = recorded(`${GPU}.startup.compile-cold`, 101.5)
    writeFileSync(logFile, whole)
    await until(({ phase, start: progress }) => {
      expect(phase).toBe('loading')
      expect(progress).toMatchObject({ stage: 'serving', facts: { kvCacheTokens: 853_504 } })
      expect(progress?.elapsedMs).toBeGreaterThan(81_000)
      expect(progress).not.toHaveProperty('lastStartMs')
    })
    appendFileSync(logFile, recorded(`${GPU}.startup.compile-cold`, 103).slice(whole.length))
    engine.sight = seen.up(REST)
    await until(({ phase, start: progress }) => {
      expect(phase).toBe('ready')
      expect(progress).toBeUndefined()
      expect(stored.get(START_RECORD_KEY)).toBeDefined()
    })
    const { totalMs } = JSON.parse(stored.get(START_RECORD_KEY) ?? '{}')
    expect(totalMs).toBeGreaterThan(81_000)
    await monitor.stop()
    writeFileSync(logFile, recorded(`${GPU}.startup.compile-cold`, 60))
    start()
    await until(({ start: progress }) => expect(progress?.lastStartMs).toBe(totalMs))
  })

  it('explains a failed start, and the next one takes the explanation away', async () => {
    writeFileSync(logFile, recorded(`${GPU}.fatal.no-memory-for-cache-blocks`))
    start()
    await until(({ phase, failure, start: progress }) => {
      expect(phase).toBe('unreachable')
      expect(failure).toMatchObject({ code: 'no-kv-memory' })
      expect(failure?.line).toMatch(/^ValueError: No available memory for the cache blocks/)
      expect(progress?.stage).toBe('kv-cache')
    })
    const warned = logged.filter(({ fields }) => fields.code !== undefined)
    expect(warned.map(({ fields }) => fields.code)).toContain('no-kv-memory')
    appendFileSync(logFile, recorded(`${GPU}.startup.compile-cold`, 40))
    await until(({ phase, failure }) => expect([phase, failure]).toEqual(['loading', undefined]))
  })

  it('never shuts an engine that answers', async () => {
    start()
    engine.sight = seen.up(REST)
    await until(({ phase }) => expect(phase).toBe('ready'))
    writeFileSync(logFile, recorded(`${GPU}.fatal.gpu-already-in-use`))
    await until(() => expect(logged.some(({ fields }) => fields.status === 'following')).toBe(true))
    await time.advance(10_000)
    expect(monitor.current()).toMatchObject({ phase: 'ready', canSend: true, log: 'following' })
    expect(monitor.current()).not.toHaveProperty('failure')
    expect(monitor.current()).not.toHaveProperty('start')
  })

  it('shows neither keys nor paths, but the model by its name', async () => {
    const banner = 'vLLM server version 0.32.0, serving model /models/canary'
    const line = `ValueError: Invalid repository ID or local directory specified: '/models/canary' /root/.cache/hub/x --api-key plain-canary C:\\secret\\y http://me:pw@proxy:1/z the-engine-key hf_abcdefghijklmnopqrstuvwx`
    writeFileSync(logFile, `${banner}\n${line}\n`)
    start({ apiKey: 'the-engine-key', wantedModel: 'chat' })
    await until(({ failure }) => expect(failure?.code).toBe('model-not-found'))
    const readiness = monitor.current()
    expect(readiness.failure?.line).toBe(
      "ValueError: Invalid repository ID or local directory specified: '/models/canary' [path] --api-key [key] [path] http://[key]@proxy:1/z [key] [key]",
    )
    expect(readiness.start?.facts.model).toBe('/models/canary')
    expect(JSON.stringify(readiness)).not.toMatch(/the-engine-key|plain-canary|hf_|\/root|me:pw/)
  })

  it('goes on without the store', async () => {
    const fail = () => Promise.reject(new Error('storage_failed'))
    writeFileSync(logFile, recorded(`${GPU}.startup.compile-cold`, 103))
    start({ settings: { loadSetting: fail, saveSetting: fail } })
    engine.sight = seen.up(REST)
    await until(({ phase, log }) => expect([phase, log]).toEqual(['ready', 'following']))
    const warned = () => logged.filter(({ message }) => message.includes('last start'))
    await until(() => expect(warned()).toHaveLength(2))
  })
})
