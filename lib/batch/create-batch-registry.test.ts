import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BatchPlan, DEFAULT_BATCH_PLAN } from '@/lib/domain/batch'
import { toChunks } from './__fixtures__/collect-entries'
import type { Script } from './__fixtures__/fake-engine'
import { readResults, setUpRegistry, upload } from './__fixtures__/set-up-registry'
import type { BatchRegistry } from './create-batch-registry'

let folder: string
const opened: BatchRegistry[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-token-batches-'))
})

afterEach(async () => {
  for (const registry of opened.splice(0)) await registry.close()
  await rm(folder, { recursive: true, force: true })
})

async function setUp(script?: (question: string) => readonly Script[]) {
  const setup = setUpRegistry({ folder, script })
  opened.push(setup.registry)
  await setup.registry.open()
  return setup
}

const plan = (more: Partial<BatchPlan> = {}): BatchPlan => ({ ...DEFAULT_BATCH_PLAN, ...more })

const lines = (count: number) => Array.from({ length: count }, (_, at) => `q${at}\n`).join('')
const stateOf = (registry: BatchRegistry, id: string) => registry.get(id).batch.state

describe('a batch of the server', () => {
  it('is uploaded, looked through, asked and read back', async () => {
    const { registry, calls } = await setUp()
    const id = await upload(registry, lines(5))
    expect(registry.get(id)).toMatchObject({ batch: { state: 'draft', scan: { rows: 5 } } })
    await registry.act({ id, action: 'start', plan: plan(), isSkippingBad: false })
    await expect.poll(() => stateOf(registry, id)).toBe('complete')
    expect(await readResults(registry, id)).toEqual(['q0', 'q1', 'q2', 'q3', 'q4'])
    expect(registry.list()).toMatchObject([
      { id, name: 'list', state: 'complete', rows: 5, counts: { complete: 5 } },
    ])
    expect(await registry.summarize({ id, goodput: {} })).toMatchObject({ completed: 5 })
    expect(calls).toHaveLength(5)
    expect(calls[0]).toMatchObject({ kind: 'generation', cause: 'batch', outcome: 'ok' })
  })

  it('shows each row as it stands: with its answer, in flight, waiting', async () => {
    const { registry, fake } = await setUp((question) =>
      question === 'q0' ? ['answer'] : ['hold'],
    )
    const id = await upload(registry, `q0\nq1\n${'long '.repeat(100)}\n`)
    await registry.act({
      id,
      action: 'start',
      plan: plan({ concurrency: 1 }),
      isSkippingBad: false,
    })
    await fake.until(2)
    while (!fake.held.has('q1')) await new Promise((resolve) => setImmediate(resolve))
    fake.held.get('q1')?.start()
    await expect
      .poll(() => registry.listRows({ id, first: 0, count: 10 }))
      .toMatchObject([
        { index: 0, line: 1, prompt: 'q0', state: 'complete', text: 'answer to q0', attempts: 1 },
        { index: 1, line: 2, prompt: 'q1', state: 'running', text: 'begun ' },
        { index: 2, line: 3, state: 'waiting' },
      ])
    const [last] = await registry.listRows({ id, first: 2, count: 1 })
    expect(last?.prompt).toBe('long '.repeat(50))
    expect(await registry.listRows({ id, first: 3, count: 1 })).toEqual([])
    expect(registry.get(id).progress).toMatchObject({ rows: 3, complete: 1, inFlight: 1 })
  })

  it('asks one batch at a time, in the order in which they were started', async () => {
    const { registry, fake } = await setUp((question) =>
      question === 'q0' ? ['hold'] : ['answer'],
    )
    const first = await upload(registry, lines(1))
    const second = await upload(registry, 'other\n')
    await registry.act({ id: first, action: 'start', plan: plan(), isSkippingBad: false })
    await registry.act({ id: second, action: 'start', plan: plan(), isSkippingBad: false })
    expect(stateOf(registry, second)).toBe('queued')
    await fake.finish('q0')
    await expect.poll(() => stateOf(registry, second)).toBe('complete')
  })

  it('pauses when what is in flight has ended, and goes on from there', async () => {
    const { registry, fake } = await setUp(() => ['hold'])
    const id = await upload(registry, lines(3))
    await registry.act({
      id,
      action: 'start',
      plan: plan({ concurrency: 1 }),
      isSkippingBad: false,
    })
    await fake.until(1)
    await registry.act({ id, action: 'pause' })
    await fake.finish('q0')
    await expect.poll(() => registry.get(id).progress).toBeUndefined()
    expect(registry.get(id).batch).toMatchObject({ state: 'paused', counts: { complete: 1 } })
    await registry.act({ id, action: 'resume' })
    await fake.finish('q1')
    await fake.finish('q2')
    await expect.poll(() => stateOf(registry, id)).toBe('complete')
    expect(fake.requests).toHaveLength(3)
  })

  it('lets the engine go when it is cancelled, and can be taken up again', async () => {
    const { registry, fake } = await setUp((question) =>
      question === 'q0' ? ['answer'] : ['hold'],
    )
    const id = await upload(registry, lines(4))
    await registry.act({
      id,
      action: 'start',
      plan: plan({ concurrency: 2 }),
      isSkippingBad: false,
    })
    await fake.until(3)
    expect((await registry.act({ id, action: 'cancel' })).batch.state).toBe('cancelled')
    expect(fake.inFlight()).toBe(0)
    expect(await readResults(registry, id)).toEqual(['q0'])
    await registry.act({ id, action: 'resume' })
    for (const question of ['q1', 'q2', 'q3']) await fake.finish(question)
    await expect.poll(() => stateOf(registry, id)).toBe('complete')
    expect(await readResults(registry, id)).toHaveLength(4)
  })

  it('goes on with the next server where the one before ended', async () => {
    const before = await setUp((question) => (question === 'q0' ? ['answer'] : ['hold']))
    const id = await upload(before.registry, lines(3))
    const act = {
      id,
      action: 'start' as const,
      plan: plan({ concurrency: 1 }),
      isSkippingBad: false,
    }
    await before.registry.act(act)
    await before.fake.until(2)
    await before.registry.close()
    expect(before.fake.inFlight()).toBe(0)
    const after = await setUp()
    await expect.poll(() => stateOf(after.registry, id)).toBe('complete')
    expect(after.fake.requests.map(({ messages }) => messages.at(-1)?.content)).toEqual([
      'q1',
      'q2',
    ])
    expect(await readResults(after.registry, id)).toEqual(['q0', 'q1', 'q2'])
  })

  it('clears away an upload that the server before did not end, and nothing that it cannot read', async () => {
    const { registry } = await setUp()
    const id = await upload(registry, lines(1))
    await registry.close()
    await cp(join(folder, id), join(folder, 'cut-off'), { recursive: true })
    await rm(join(folder, 'cut-off', 'batch.json'))
    await cp(join(folder, id), join(folder, 'broken'), { recursive: true })
    await writeFile(join(folder, 'broken', 'batch.json'), '{')
    const after = await setUp()
    expect(after.registry.list().map((batch) => batch.id)).toEqual([id])
    expect((await readdir(folder)).toSorted()).toEqual([id, 'broken'].toSorted())
  })

  it('asks again only what failed', async () => {
    const { registry, fake } = await setUp((question) =>
      question === 'q1' ? [{ fail: 'engine_rejected' }, 'answer'] : ['answer'],
    )
    const id = await upload(registry, lines(3))
    await registry.act({ id, action: 'start', plan: plan(), isSkippingBad: false })
    await expect.poll(() => stateOf(registry, id)).toBe('complete')
    expect(registry.get(id).batch.counts).toMatchObject({ complete: 2, failed: 1 })
    await registry.act({ id, action: 'retry' })
    await expect.poll(() => registry.get(id).batch.counts?.complete).toBe(3)
    expect(fake.requests).toHaveLength(4)
  })

  it('says why it could not go on', async () => {
    const { registry } = await setUp(() => [{ fail: 'engine_unauthorized' }])
    const id = await upload(registry, lines(3))
    await registry.act({ id, action: 'start', plan: plan(), isSkippingBad: false })
    await expect.poll(() => stateOf(registry, id)).toBe('halted')
    expect(registry.get(id).batch.error).toEqual({ code: 'engine_unauthorized' })
  })

  it('compares its first rows, and stays what it was', async () => {
    const { registry, fake } = await setUp()
    const id = await upload(registry, lines(9))
    await registry.act({ id, action: 'compare', plan: plan({ concurrency: 2 }), rows: 4 })
    await expect.poll(() => stateOf(registry, id)).toBe('draft')
    const { compare } = registry.get(id).batch
    expect(compare?.levels.map(({ concurrency }) => concurrency)).toEqual([1, 2])
    expect(fake.requests).toHaveLength(4 + 2 * 4)
  })
})

describe('a chat goes first', () => {
  it('gets the engine to itself until its first token: rows without one are taken back', async () => {
    const { registry, fake, chat } = await setUp(() => ['hold'])
    const id = await upload(registry, lines(3))
    await registry.act({
      id,
      action: 'start',
      plan: plan({ concurrency: 2 }),
      isSkippingBad: false,
    })
    await fake.until(2)
    chat.isWaiting = true
    registry.yieldToChat()
    await expect.poll(fake.inFlight).toBe(0)
    expect(registry.get(id).holds).toEqual(['chat-waits'])
    expect(fake.requests).toHaveLength(2)
    chat.isWaiting = false
    await fake.until(4)
    for (const question of ['q0', 'q1', 'q2']) await fake.finish(question)
    await expect.poll(() => stateOf(registry, id)).toBe('complete')
    expect(await readResults(registry, id)).toEqual(['q0', 'q1', 'q2'])
  })

  it('starts nothing while the engine is not ready', async () => {
    const { registry, fake, engine } = await setUp()
    engine.canSend = false
    const id = await upload(registry, lines(2))
    await registry.act({ id, action: 'start', plan: plan(), isSkippingBad: false })
    await expect.poll(() => registry.get(id).holds).toEqual(['engine-not-ready'])
    expect(fake.requests).toHaveLength(0)
    engine.canSend = true
    await expect.poll(() => stateOf(registry, id)).toBe('complete')
  })
})

describe('what cannot be done is refused', () => {
  it('knows no batch of another id', async () => {
    const { registry } = await setUp()
    expect(() => registry.get('x')).toThrow('batch_not_found')
    await expect(registry.act({ id: 'x', action: 'pause' })).rejects.toThrow('batch_not_found')
    await expect(registry.listRows({ id: 'x', first: 0, count: 1 })).rejects.toThrow(
      'batch_not_found',
    )
  })

  it('begins nothing that was not looked through, has no rows, or has bad ones that nobody gave up', async () => {
    const { registry } = await setUp()
    const { id } = await registry.create({ name: 'new', chunks: toChunks('a\n') })
    const start = { action: 'start' as const, plan: plan(), isSkippingBad: false }
    await expect(registry.act({ id, ...start })).rejects.toThrow('batch_conflict')
    const empty = await upload(registry, '\n')
    await expect(registry.act({ id: empty, ...start })).rejects.toThrow('batch_empty')
    await registry.prepare({ id, reading: { format: 'jsonl' } })
    await expect(registry.act({ id, ...start })).rejects.toThrow('batch_conflict')
  })

  it('neither begins twice, nor changes or removes what runs', async () => {
    const { registry, fake } = await setUp(() => ['hold'])
    const id = await upload(registry, lines(1))
    const start = { id, action: 'start' as const, plan: plan(), isSkippingBad: false }
    await registry.act(start)
    await fake.until(1)
    for (const act of [
      registry.act(start),
      registry.act({ id, action: 'resume' }),
      registry.prepare({ id, reading: { format: 'lines' } }),
      registry.remove(id),
    ]) {
      await expect(act).rejects.toThrow('batch_conflict')
    }
    await registry.act({ id, action: 'cancel' })
    await registry.remove(id)
    expect(registry.list()).toEqual([])
    expect((await setUp()).registry.list()).toEqual([])
  })
})
