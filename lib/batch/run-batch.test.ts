import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BatchRow } from '@/lib/domain/batch'
import { AppError } from '@/lib/domain/error'
import { setUpRun, toRows } from './__fixtures__/run-setup'

const indexes = (results: readonly { index: number }[]) =>
  results.map(({ index }) => index).sort((a, b) => a - b)

describe('runBatch', () => {
  it('asks each row once and records its result with its timing', async () => {
    const { run, results, requests } = setUpRun({ rows: 3, plan: { concurrency: 1 } })
    expect(await run()).toEqual({ kind: 'complete' })
    expect(results.map(({ text }) => text)).toEqual([
      'answer to q0',
      'answer to q1',
      'answer to q2',
    ])
    expect(results[0]).toMatchObject({
      index: 0,
      line: 1,
      prompt: 'q0',
      status: 'complete',
      finishReason: 'stop',
      model: 'served',
      attempts: 1,
      timing: { promptTokens: 3, completionTokens: 2 },
    })
    expect(requests[0]?.messages).toEqual([
      { role: 'system', content: 'SYSTEM' },
      { role: 'user', content: 'q0' },
    ])
    expect(requests[0]?.sampling).toEqual({ maxTokens: 512 })
    expect(new Set(requests.map(({ sessionId }) => sessionId)).size).toBe(3)
  })

  it('sends what a row asks for itself, and messages that are whole as they are', async () => {
    const rows: BatchRow[] = [
      {
        index: 0,
        line: 1,
        messages: [{ role: 'user', content: 'a' }],
        isVerbatim: true,
        model: 'own',
      },
      { index: 1, line: 2, messages: [{ role: 'user', content: 'b' }], sampling: { maxTokens: 7 } },
    ]
    const own = setUpRun({ rows, plan: { concurrency: 1, systemPrompt: 'MINE' } })
    await own.run()
    expect(
      own.requests.map(({ model, messages, sampling }) => [model, messages, sampling]),
    ).toEqual([
      ['own', [{ role: 'user', content: 'a' }], { maxTokens: 512 }],
      [
        'model',
        [
          { role: 'system', content: 'MINE' },
          { role: 'user', content: 'b' },
        ],
        { maxTokens: 7 },
      ],
    ])
    const forced = setUpRun({ rows, plan: { model: 'forced' } })
    await forced.run()
    expect(forced.requests.map(({ model }) => model)).toEqual(['forced', 'forced'])
  })

  it('never has more in flight than the plan says, whatever fails, and ends each row once', async () => {
    const step = fc.constantFrom(
      'answer' as const,
      { fail: 'engine_busy' as const },
      { fail: 'engine_busy' as const, details: { retryAfterSeconds: 2 } },
      { fail: 'engine_failed' as const },
      { fail: 'engine_unreachable' as const },
      { fail: 'engine_stream_cut' as const, after: 'half' },
      { fail: 'engine_rejected' as const },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (scripts, concurrency, isAdaptive) => {
          const setup = setUpRun({
            rows: scripts.length,
            plan: { concurrency, isAdaptive },
            script: (question) => [...(scripts[Number(question.slice(1))] ?? []), 'answer'],
          })
          expect(await setup.run()).toEqual({ kind: 'complete' })
          expect(indexes(setup.results)).toEqual(scripts.map((_, at) => at))
          expect(setup.maxInFlight()).toBeLessThanOrEqual(concurrency)
          expect(setup.inFlight()).toBe(0)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('keeps so many in flight as long as there are rows', async () => {
    const { run, finish, until, inFlight, maxInFlight } = setUpRun({
      rows: 6,
      plan: { concurrency: 3 },
      script: () => ['hold'],
    })
    const ended = run()
    for (let at = 0; at < 6; at += 1) {
      await until(Math.min(6, 3 + at))
      await expect.poll(inFlight).toBe(Math.min(3, 6 - at))
      await finish(`q${at}`)
    }
    expect(await ended).toEqual({ kind: 'complete' })
    expect(maxInFlight()).toBe(3)
  })

  it('leaves the spacing between two starts', async () => {
    const startedMs: number[] = []
    const { run, clock } = setUpRun({
      rows: 4,
      plan: { concurrency: 4, spacingMs: 50 },
      more: { observer: { started: () => void startedMs.push(clock.now()) } },
    })
    await run()
    const gapsMs = startedMs.slice(1).map((atMs, at) => atMs - (startedMs[at] ?? 0))
    expect(gapsMs).toEqual([50, 50, 50])
  })

  it('asks again only where nothing had come, with longer and longer waits, and no more than said', async () => {
    const { run, results, clock, requests } = setUpRun({
      rows: 1,
      plan: { concurrency: 1, maxAttempts: 3 },
      script: () => [{ fail: 'engine_failed' }],
    })
    await run()
    expect(requests).toHaveLength(3)
    expect(clock.slept).toEqual([500, 1000])
    expect(results).toMatchObject([
      { status: 'failed', attempts: 3, error: { code: 'engine_failed' }, text: '' },
    ])
  })

  it('keeps what had come of an answer that was cut, and does not ask again', async () => {
    const { run, results, requests } = setUpRun({
      rows: 1,
      script: () => [{ fail: 'engine_stream_cut', after: 'half' }],
    })
    await run()
    expect(requests).toHaveLength(1)
    expect(results).toMatchObject([
      { status: 'interrupted', text: 'half', error: { code: 'engine_stream_cut' } },
    ])
  })

  it.each(['engine_rejected', 'engine_context_too_long', 'engine_empty'] as const)(
    'does not repeat what would only be refused again: %s',
    async (fail) => {
      const { run, results, requests } = setUpRun({ rows: 1, script: () => [{ fail }] })
      await run()
      expect(requests).toHaveLength(1)
      expect(results).toMatchObject([{ status: 'failed', error: { code: fail } }])
    },
  )

  it('starts nothing at all before the engine wants to be asked again', async () => {
    const startedMs: number[] = []
    const { run, clock } = setUpRun({
      rows: 3,
      plan: { concurrency: 1 },
      script: (question) =>
        question === 'q0'
          ? [{ fail: 'engine_busy', details: { retryAfterSeconds: 7 } }, 'answer']
          : ['answer'],
      more: { observer: { started: () => void startedMs.push(clock.now() - 1000) } },
    })
    await run()
    expect(startedMs).toEqual([0, 7000, 7000, 7000])
  })

  it('waits for an engine that is away without counting it as a try', async () => {
    const { run, results, clock } = setUpRun({
      rows: 2,
      plan: { concurrency: 2, maxAttempts: 1 },
      script: () => [
        ...Array.from({ length: 5 }, () => ({ fail: 'engine_unreachable' as const })),
        'answer',
      ],
    })
    expect(await run()).toEqual({ kind: 'complete' })
    expect(results.map(({ status, attempts }) => [status, attempts])).toEqual([
      ['complete', 1],
      ['complete', 1],
    ])
    expect([...new Set(clock.slept)]).toEqual([1000, 2000, 4000, 8000, 15_000])
  })

  it('ends when the engine stays away for too long; its rows stay to be done', async () => {
    const { run, results } = setUpRun({
      rows: 3,
      script: () => [{ fail: 'engine_unreachable' }],
      more: { awayLimitMs: 60_000 },
    })
    expect(await run()).toEqual({ kind: 'halted', error: { code: 'engine_unreachable' } })
    expect(results).toEqual([])
  })

  it.each(['engine_unauthorized', 'engine_path_not_found', 'engine_model_not_found'] as const)(
    'ends at once when no row can be answered: %s',
    async (fail) => {
      const { run, results, requests } = setUpRun({
        rows: 50,
        plan: { concurrency: 2 },
        script: () => [{ fail }],
      })
      expect(await run()).toEqual({ kind: 'halted', error: { code: fail } })
      expect([results.length, requests.length]).toEqual([0, 2])
    },
  )

  it('fails only the row that names a model which is not served', async () => {
    const [first, second] = toRows(2)
    const rows = first && second ? [{ ...first, model: 'other' }, second] : []
    const { run, results } = setUpRun({
      rows,
      script: (question) => (question === 'q0' ? [{ fail: 'engine_model_not_found' }] : ['answer']),
    })
    expect(await run()).toEqual({ kind: 'complete' })
    expect(results.map(({ status }) => status).sort()).toEqual(['complete', 'failed'])
  })

  it('ends when a result cannot be kept', async () => {
    const { run } = setUpRun({
      more: {
        record: async () => {
          throw new AppError('storage_failed')
        },
      },
    })
    expect(await run()).toEqual({ kind: 'halted', error: { code: 'storage_failed' } })
  })

  it('stops what is in flight when it is cancelled, and leaves those rows undone', async () => {
    const { run, stop, results, until, inFlight, held } = setUpRun({
      rows: 9,
      plan: { concurrency: 3 },
      script: (question) => (question === 'q0' ? ['answer'] : ['hold']),
    })
    const ended = run()
    await until(4)
    held.get('q1')?.start()
    stop.abort()
    expect(await ended).toEqual({ kind: 'cancelled' })
    expect(inFlight()).toBe(0)
    expect(indexes(results)).toEqual([0])
  })
})
