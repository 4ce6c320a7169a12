import { afterEach, describe, expect, it } from 'vitest'
import { type StubEngine, startStubEngine } from '@/e2e/stub/start-stub-engine'
import type { TipsProgress, TipsRecord } from '@/lib/domain/tips'
import { createEngine } from '@/lib/engine/create-engine'
import type { Engine } from '@/lib/engine/engine'
import { countRequests, runTips } from './run-tips'

let stub: StubEngine | undefined
let engine: Engine | undefined

afterEach(async () => {
  await engine?.close()
  await stub?.close()
})

async function open(scenario: Parameters<typeof startStubEngine>[0] = {}) {
  stub = await startStubEngine({
    scenario: {
      ttftMs: 0,
      tokenDelayMs: 0,
      tokenCount: 12,
      maxModelLen: 4096,
      kvCacheTokens: 400_000,
      ...scenario.scenario,
    },
  })
  engine = createEngine({ baseUrl: `${stub.url}/v1` })
  const { models } = await engine.probe({})
  if (models.kind !== 'ok') throw new Error('no models')
  const [model] = models.models
  return { stub, engine, model: model?.id ?? '' }
}

type Options = Partial<Parameters<typeof runTips>[0]>

async function run(options: Options = {}, scenario: Parameters<typeof startStubEngine>[0] = {}) {
  const opened = await open(scenario)
  return await runTips({
    ...opened,
    label: 'before',
    repeats: 3,
    maxModelLen: 4096,
    version: '0.32.0',
    signal: new AbortController().signal,
    ...options,
  })
}

const valuesOf = (record: TipsRecord, figure: string, at?: number) =>
  record.series.find((series) => series.figure === figure && (at ?? series.at) === series.at)
    ?.values ?? []

describe('runTips', () => {
  it('records every figure so many times, with what the engine told of itself', async () => {
    const progress: TipsProgress[] = []
    const record = await run({ onProgress: (each) => progress.push(each) })
    expect(record.measurements).toEqual(['concurrency', 'prefix', 'interference', 'batch'])
    for (const series of record.series) expect(series.values).toHaveLength(3)
    expect(record.series.map(({ at, figure }) => `${at} ${figure}`)).toContain('16 speedup')
    expect(record.engine).toMatchObject({
      maxModelLen: 4096,
      version: '0.32.0',
      blockSizeTokens: expect.any(Number),
      isPrefixCachingEnabled: true,
    })
    const of = countRequests({
      measurements: record.measurements,
      repeats: 3,
      maxModelLen: 4096,
    })
    expect(of).toBe(3 * (1 + 4 + 16 + 32) + 3 * 2 * 3 + 3 * 5 + 3 * 32)
    expect(record.requests).toBe(of)
    expect(progress.at(0)).toEqual({ measurement: 'concurrency', done: 0, of })
    expect(progress.at(-1)).toEqual({ measurement: 'batch', done: of, of })
    expect(record.traffic).toEqual({ requestsAtStart: 0, foreignTokens: 0 })
  }, 60_000)

  it('reads a beginning whole the first time, and from the cache the second', async () => {
    const record = await run(
      { measurements: ['prefix'] },
      { scenario: { prefillMsPerToken: 0.2, tokenCount: 2 } },
    )
    for (const at of [512, 1024, 2048]) {
      const cold = valuesOf(record, 'coldEngineTtftMs', at)
      expect(cold).toHaveLength(3)
      for (const ratio of valuesOf(record, 'speedup', at)) expect(ratio).toBeGreaterThan(2)
    }
  }, 60_000)

  it('leaves out the lengths that the context does not hold', async () => {
    const record = await run(
      { measurements: ['prefix'], maxModelLen: 1300 },
      { scenario: { maxModelLen: 1300 } },
    )
    expect([...new Set(record.series.map(({ at }) => at))]).toEqual([512, 1024])
  }, 60_000)

  it('takes the end for the first token of an answer that says nothing', async () => {
    const record = await run(
      { measurements: ['prefix'] },
      { scenario: { text: '', tokenCount: 0, ttftMs: 20 } },
    )
    for (const ms of valuesOf(record, 'coldTtftMs', 512)) expect(ms).toBeGreaterThan(15)
  }, 60_000)

  it('sends nothing that another prompt could have put into the cache before the mark', async () => {
    await run({ measurements: ['batch'], createId: () => 'abcdef01-2345' })
    const bodies = stub?.control.requests({ path: '/v1/chat/completions' })
    expect(bodies?.length).toBe(96)
    for (const { body } of bodies ?? []) expect(body).toContain('"content":"abcdef01 ')
  }, 60_000)

  it('tells of the tokens that the engine wrote for others meanwhile', async () => {
    const opened = await open({ scenario: { tokenDelayMs: 2 } })
    const others = async () => {
      const request = {
        model: opened.model,
        messages: [{ role: 'user' as const, content: 'Hello' }],
        signal: new AbortController().signal,
      }
      let tokens = 0
      for await (const event of opened.engine.streamCompletion(request)) {
        if (event.type === 'finish') tokens = event.usage?.completionTokens ?? 0
      }
      return tokens
    }
    const record = runTips({
      ...opened,
      label: 'a',
      repeats: 1,
      measurements: ['batch'],
      signal: new AbortController().signal,
    })
    const foreignTokens = await others()
    expect(foreignTokens).toBeGreaterThan(0)
    expect((await record).traffic).toEqual({ requestsAtStart: 0, foreignTokens })
  }, 60_000)

  it('ends at once when it is cancelled, and leaves no request behind', async () => {
    const cancelling = new AbortController()
    const running = run(
      {
        signal: cancelling.signal,
        onProgress: ({ done }) => {
          if (done === 2) cancelling.abort(new Error('cancelled'))
        },
      },
      { scenario: { tokenDelayMs: 20 } },
    )
    await expect(running).rejects.toThrow('cancelled')
    await expect
      .poll(async () => (await engine?.readMetrics())?.runningRequests, { timeout: 10_000 })
      .toBe(0)
  }, 60_000)

  it('fails with the code of the engine, with nothing recorded', async () => {
    const running = run(
      { measurements: ['concurrency'] },
      { scenario: { error: { when: 'first', afterTokens: 0, status: 500, shape: 'nested' } } },
    )
    await expect(running).rejects.toMatchObject({ code: 'engine_died' })
  }, 60_000)
})
