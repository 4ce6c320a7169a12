import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type StubEngine, startStubEngine } from '@/e2e/stub/start-stub-engine'
import type { UpstreamCall } from '@/lib/domain/reply-trace'
import type { TipsRecord } from '@/lib/domain/tips'
import { createEngine } from '@/lib/engine/create-engine'
import type { Engine } from '@/lib/engine/engine'
import { createTipsRunner, type TipsRunner } from './create-tips-runner'
import { enterStreams } from './enter-streams'

let stub: StubEngine
let engine: Engine
let runner: TipsRunner
let chats: number
let saved: TipsRecord[]
let calls: Omit<UpstreamCall, 'id'>[]

beforeEach(async () => {
  stub = await startStubEngine({ scenario: { ttftMs: 0, tokenDelayMs: 1, tokenCount: 4 } })
  engine = createEngine({ baseUrl: `${stub.url}/v1` })
  chats = 0
  saved = []
  calls = []
  runner = createTipsRunner({
    engine: enterStreams({ engine, enter: (call) => void calls.push(call) }),
    target: () => ({ model: stub.control.scenario().modelId }),
    activeChats: () => chats,
    save: async (record) => void saved.push(record),
    warn: () => undefined,
  })
})
afterEach(async () => {
  await runner.close()
  await engine.close()
  await stub.close()
})

const ended = () => expect.poll(() => runner.run(), { timeout: 20_000 }).toBeUndefined()

describe('createTipsRunner', { timeout: 30_000 }, () => {
  it('runs in the background, tells how far it is, and keeps the record', async () => {
    runner.start({ label: 'before', measurements: ['batch'] })
    expect(runner.run()).toMatchObject({ label: 'before', measurement: 'batch' })
    await expect.poll(() => runner.run()?.done ?? 129).toBeGreaterThan(0)
    await ended()
    expect(runner.last()).toEqual({ label: 'before', outcome: 'recorded', isDisturbed: false })
    expect(saved).toMatchObject([{ label: 'before', requests: 128 }])
    expect(calls).toHaveLength(128)
    expect(calls[0]).toMatchObject({
      kind: 'generation',
      cause: 'measurement',
      outcome: 'ok',
      completionTokens: expect.any(Number),
    })
  })

  it('refuses a second one, and one while chats are being answered', async () => {
    runner.start({ label: 'before', measurements: ['batch'] })
    const again = () => runner.start({ label: 'x', measurements: ['batch'] })
    expect(again).toThrow(expect.objectContaining({ code: 'measurement_active' }))
    runner.stop()
    await ended()
    chats = 2
    expect(again).toThrow(expect.objectContaining({ code: 'chats_active', details: { chats: 2 } }))
  })

  it('keeps nothing of a run that was cancelled, and leaves no request at the engine', async () => {
    stub.control.patch({ tokenDelayMs: 50 })
    runner.start({ label: 'before', measurements: ['batch'] })
    await stub.control.waitForRequests({ min: 1 })
    runner.stop()
    await ended()
    expect(runner.last()).toEqual({ label: 'before', outcome: 'cancelled' })
    expect(saved).toEqual([])
    await stub.control.waitForStatus({ is: { inFlight: 0 } })
    expect(calls.at(-1)?.outcome).toBe('stopped')
  })

  it('says how it failed', async () => {
    stub.control.patch({
      error: { when: 'first', afterTokens: 0, status: 503, shape: 'nested' },
    })
    runner.start({ label: 'before', measurements: ['batch'] })
    await ended()
    expect(runner.last()).toMatchObject({
      outcome: 'failed',
      code: expect.stringMatching(/^engine_/),
    })
    expect(saved).toEqual([])
  })
})
