import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StubEngine, startStubEngine } from '@/e2e/stub/start-stub-engine'
import { openJournal } from '@/lib/batch-files/open-journal'
import { DEFAULT_BATCH_PLAN } from '@/lib/domain/batch'
import { createEngine } from '@/lib/engine/create-engine'
import type { Engine } from '@/lib/engine/engine'
import { iterate, toRows } from './__fixtures__/run-setup'
import { runBatch } from './run-batch'

const ROWS = 5000
const CONCURRENCY = 24

let stub: StubEngine
let engine: Engine
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-token-run-'))
  stub = await startStubEngine({
    scenario: { ttftMs: 1, tokenDelayMs: 0, text: 'yes indeed', logRequests: false },
  })
  engine = createEngine({ baseUrl: `${stub.url}/v1`, stallMs: 3000 })
})

afterAll(async () => {
  await engine.close()
  await stub.close()
  await rm(folder, { recursive: true, force: true })
})

/** Every so many rows one that is refused for a while, refused for good, cut, or falls silent. */
function setFaults(): Record<'busy' | 'refused' | 'cut' | 'stalled', number[]> {
  const every = (step: number, from: number) =>
    Array.from({ length: Math.floor((ROWS - from) / step) }, (_, at) => from + at * step)
  const faults = {
    busy: every(100, 7),
    refused: every(500, 13),
    cut: every(125, 21),
    stalled: every(500, 33),
  }
  const match = (index: number) => ({ match: { sessionId: `faults-${index}` } })
  const error = (status: number) => ({
    when: 'first' as const,
    afterTokens: 0,
    status,
    shape: 'nested' as const,
  })
  for (const index of faults.busy) stub.control.patch({ ...match(index), error: error(503) })
  for (const index of faults.refused) stub.control.patch({ ...match(index), error: error(400) })
  for (const index of faults.cut) {
    stub.control.patch({ ...match(index), cut: { afterTokens: 1, how: index % 2 ? 'rst' : 'fin' } })
  }
  for (const index of faults.stalled) stub.control.patch({ ...match(index), stallAfterTokens: 1 })
  return faults
}

describe('a run on the engine', () => {
  it('never has more in flight than set, by the gauge of the engine, and ends every row once', async () => {
    const faults = setFaults()
    const journal = await openJournal({ file: join(folder, 'results.jsonl') })
    const refusals = new Map<string, number>()
    const outcome = await runBatch({
      rows: iterate(toRows(ROWS)),
      plan: { ...DEFAULT_BATCH_PLAN, concurrency: CONCURRENCY, sampling: { maxTokens: 4 } },
      engine,
      model: () => stub.control.scenario().modelId,
      systemPrompt: 'Be brief.',
      record: journal.append,
      signal: new AbortController().signal,
      id: 'faults',
      backoffMs: 5,
      observer: {
        returned({ index }) {
          const session = `faults-${index}`
          refusals.set(session, (refusals.get(session) ?? 0) + 1)
          // A busy engine that has room again at the second repetition.
          if (refusals.get(session) === 2) stub.control.remove(session)
        },
      },
    })
    expect(outcome).toEqual({ kind: 'complete' })
    // The engine learns of the last cut connection a moment later.
    const { maxInFlight, total } = await stub.control.waitForStatus({ is: { inFlight: 0 } })
    expect(maxInFlight).toBe(CONCURRENCY)
    expect(total).toBe(ROWS + 2 * faults.busy.length)
    const seen: number[] = []
    const wrong: number[] = []
    for await (const { index, status, attempts } of journal.list('input')) {
      seen.push(index)
      const isCut = faults.cut.includes(index) || faults.stalled.includes(index)
      const expected = isCut
        ? 'interrupted'
        : faults.refused.includes(index)
          ? 'failed'
          : 'complete'
      const tries = faults.busy.includes(index) ? 3 : 1
      if (status !== expected || attempts !== tries) wrong.push(index)
    }
    expect(seen).toEqual(Array.from({ length: ROWS }, (_, index) => index))
    expect(wrong).toEqual([])
    await journal.close()
  }, 120_000)

  it('lets the engine go at once when it is cancelled', async () => {
    await stub.control.reset()
    stub.control.patch({ tokenDelayMs: 50, tokenCount: 500 })
    const stop = new AbortController()
    const ended = runBatch({
      rows: iterate(toRows(100)),
      plan: { ...DEFAULT_BATCH_PLAN, concurrency: 8 },
      engine,
      model: () => stub.control.scenario().modelId,
      systemPrompt: '',
      record: async () => undefined,
      signal: stop.signal,
      id: 'cancelled',
    })
    await stub.control.waitForStatus({ is: { inFlight: 8, running: 8 } })
    stop.abort()
    expect(await ended).toEqual({ kind: 'cancelled' })
    await stub.control.waitForStatus({ is: { inFlight: 0, running: 0 } })
    expect(stub.control.status().total).toBe(8)
  })
})
