import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  ask,
  type ChatSetup,
  collect,
  finishOf,
  setUpChat,
  textOf,
} from './__fixtures__/chat-setup'
import { finish, type Play, reasoning, sent, text } from './__fixtures__/scripted-engine'
import type { StreamItem } from './encode-stream-item'
import { loadLiveThread } from './load-live-thread'

let chat: ChatSetup

beforeEach(async () => {
  chat = await setUpChat({ maxLagLength: 1000 })
})
afterEach(async () => {
  await chat.runs.drain({ graceMs: 0 })
  await chat.store.close()
})

async function begin(n = 1): Promise<Play> {
  await chat.runs.start(ask(n, { threadId: `thread-${n}` }))
  return await chat.scripted.nextPlay()
}

const stages = (items: StreamItem[]) =>
  items.flatMap(({ chunk }) => (chunk.type === 'data-progress' ? [chunk.data] : []))

describe('follow', () => {
  it('joins a live run at any position: what the reader has and what it gets is the whole text', async () => {
    const play = await begin()
    play.push(reasoning('grübel '), reasoning('🤔'), text('Grüße 🧑‍💻'), text(' und mehr'))
    await chat.tick()
    const whole = 'grübel 🤔Grüße 🧑‍💻 und mehr, Ende'
    const readers = Array.from({ length: whole.length + 1 }, (_, after) =>
      collect(chat.runs, { after }),
    )
    await chat.tick()
    play.push(text(', Ende'), finish())
    play.end()
    for (const [after, reading] of readers.entries()) {
      const items = await reading
      const joinedAt = Math.min(after, whole.length - ', Ende'.length)
      expect(whole.slice(0, joinedAt) + textOf(items, 'reasoning') + textOf(items)).toBe(whole)
      expect(items[0]).toMatchObject({ id: joinedAt, chunk: { type: 'start' } })
      expect(items.at(-1)).toMatchObject({ id: whole.length, chunk: { type: 'finish' } })
    }
  })

  it('loses and doubles nothing however often a reader leaves and joins again', async () => {
    const plan = fc.array(
      fc.record({ delta: fc.string({ unit: 'binary' }), leaves: fc.boolean() }),
      {
        maxLength: 12,
      },
    )
    let n = 100
    await fc.assert(
      fc.asyncProperty(plan, async (steps) => {
        n += 1
        const runId = `run-${n}`
        const play = await begin(n)
        let got = ''
        let after = 0
        const read = async (signal: AbortSignal) => {
          for await (const { id, chunk } of chat.runs.follow({ runId, after, signal })) {
            if (chunk.type === 'text-delta') got += chunk.delta
            after = id
          }
        }
        let leave = new AbortController()
        let reading = read(leave.signal)
        for (const { delta, leaves } of steps) {
          play.push(text(delta))
          await chat.tick()
          if (!leaves) continue
          leave.abort()
          await reading
          leave = new AbortController()
          reading = read(leave.signal)
        }
        play.push(finish())
        play.end()
        await reading
        const whole = steps.map(({ delta }) => delta).join('')
        expect(got).toBe(whole)
        expect(after).toBe(whole.length)
      }),
      { numRuns: 30 },
    )
  })

  it('gives the rest and the end of a run that has ended, and later the same from the store', async () => {
    const play = await begin()
    play.push(reasoning('why'), text('because'), finish())
    play.end()
    await collect(chat.runs)
    const remembered = await collect(chat.runs, { after: 5 })
    chat.clock.nowMs += 60_000
    await chat.tick()
    expect(chat.ticks.size).toBe(0)
    const fromStore = await collect(chat.runs, { after: 5 })
    expect(textOf(remembered)).toBe('cause')
    expect(fromStore).toEqual(remembered)
    expect(finishOf(fromStore)).toMatchObject({ status: 'complete', timing: { e2elMs: 0 } })
  })

  it('knows no run that never was, nor one that a crash left in the store', async () => {
    await expect(collect(chat.runs, { runId: 'nobody' })).rejects.toMatchObject({
      code: 'run_not_found',
    })
    await chat.store.saveQuestion({ request: ask(9), replyId: 'reply-of-a-crash' })
    await expect(collect(chat.runs, { runId: 'run-9' })).rejects.toMatchObject({
      code: 'run_not_found',
    })
  })

  it('ends for the reader whose signal aborts, at once, and leaves the run alone', async () => {
    const play = await begin()
    play.push(text('half'))
    const leaving = new AbortController()
    const left = collect(chat.runs, { signal: leaving.signal })
    const staying = collect(chat.runs)
    await chat.tick()
    leaving.abort()
    expect(textOf(await left)).toBe('half')
    expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0)
    expect(chat.runs.activeCount()).toBe(1)
    play.push(text(' and half'), finish())
    play.end()
    expect(textOf(await staying)).toBe('half and half')
    const aborted = collect(chat.runs, { signal: AbortSignal.abort() })
    expect(await aborted).toEqual([])
  })

  it('lets go of a reader that is too far behind, not of one that has just joined far behind', async () => {
    const play = await begin()
    const slow = chat.runs
      .follow({ runId: 'run-1', after: 0, signal: new AbortController().signal })
      [Symbol.asyncIterator]()
    expect((await slow.next()).value.chunk.type).toBe('start')
    play.push(text('a'.repeat(1500)))
    await chat.tick()
    const late = chat.runs
      .follow({ runId: 'run-1', after: 0, signal: new AbortController().signal })
      [Symbol.asyncIterator]()
    await late.next()
    await chat.tick()
    expect(await slow.next()).toMatchObject({ done: true })
    expect((await late.next()).done).toBe(false)
    play.push(finish())
    play.end()
    const again = await collect(chat.runs)
    expect(textOf(again)).toHaveLength(1500)
    await late.return?.()
  })
})

describe('progress', () => {
  it('goes from sending to queued, prefill and generating as the engine tells', async () => {
    chat.monitor.seenLoad = {
      runningRequests: 4,
      waitingRequests: 3,
      askedAtMs: 990,
      seenAtMs: 995,
    }
    const play = await begin()
    const reading = collect(chat.runs)
    await chat.tick()
    play.push(sent(1000))
    await chat.tick()
    chat.clock.nowMs = 2000
    chat.scripted.state.metrics = { runningRequests: 4, waitingRequests: 2 }
    await chat.tick()
    chat.scripted.state.metrics = { runningRequests: 5, waitingRequests: 0 }
    await chat.tick()
    play.push(text('first'))
    await chat.tick()
    const reads = chat.scripted.state.metricsReads
    play.push(text(' second'))
    await chat.tick()
    expect(chat.scripted.state.metricsReads).toBe(reads)
    play.push(finish())
    play.end()
    const items = await reading
    expect(stages(items)).toEqual([
      { stage: 'sending' },
      { stage: 'queued', aheadRequests: 7 },
      { stage: 'queued', aheadRequests: 5 },
      { stage: 'prefill' },
      { stage: 'generating' },
    ])
    expect(finishOf(items)?.timing?.aheadRequests).toBe(7)
  })

  it('says no more than sending of an engine that tells nothing', async () => {
    const play = await begin()
    const reading = collect(chat.runs)
    play.push(sent(1000))
    await chat.tick()
    await chat.tick()
    play.push(text('a'), finish())
    play.end()
    expect(stages(await reading)).toEqual([{ stage: 'sending' }, { stage: 'generating' }])
  })

  it('asks the engine once for all that wait, and places the younger behind the older', async () => {
    const older = await begin(1)
    const younger = await begin(2)
    const readings = [1, 2].map((n) => collect(chat.runs, { runId: `run-${n}` }))
    older.push(sent(1000))
    younger.push(sent(1001))
    await chat.tick()
    chat.clock.nowMs = 2000
    chat.scripted.state.metrics = { runningRequests: 8, waitingRequests: 2 }
    const reads = chat.scripted.state.metricsReads
    await chat.tick()
    expect(chat.scripted.state.metricsReads).toBe(reads + 1)
    for (const play of [older, younger]) {
      play.push(finish())
      play.end()
    }
    const [first, second] = await Promise.all(readings)
    expect(stages(first ?? []).at(-1)).toEqual({ stage: 'queued', aheadRequests: 8 })
    expect(stages(second ?? []).at(-1)).toEqual({ stage: 'queued', aheadRequests: 9 })
  })
})

describe('checkpoints', () => {
  it('stores the text of all runs once a tick, only where it grew', async () => {
    const batches: string[][] = []
    const checkpointReplies = chat.store.checkpointReplies
    chat.store.checkpointReplies = async (replies) => {
      batches.push(replies.map(({ id, text: so_far }) => `${id}: ${so_far}`))
      await checkpointReplies(replies)
    }
    const plays = [await begin(1), await begin(2)]
    for (const play of plays) play.push(text('a'))
    await chat.tick()
    await chat.tick()
    plays[1]?.push(text('b'))
    await chat.tick()
    await chat.tick()
    await chat.tick()
    expect(batches).toEqual([['reply-1: a', 'reply-2: a'], ['reply-2: ab']])
    expect((await chat.store.loadReply('run-2'))?.text).toBe('ab')
  })

  it('go on after one that failed', async () => {
    const checkpointReplies = chat.store.checkpointReplies
    chat.store.checkpointReplies = async () => {
      chat.store.checkpointReplies = checkpointReplies
      throw new Error('disk full')
    }
    const play = await begin()
    play.push(text('a'))
    await chat.tick()
    await chat.tick()
    await chat.tick()
    expect((await chat.store.loadReply('run-1'))?.text).toBe('a')
    expect(chat.logged.some(({ message }) => message.includes('checkpointed'))).toBe(true)
  })
})

describe('a run that nobody watches', () => {
  it('goes on, and is stopped as interrupted after ten minutes', async () => {
    const play = await begin()
    const leaving = new AbortController()
    const reading = collect(chat.runs, { signal: leaving.signal })
    await chat.tick()
    chat.clock.nowMs += 20 * 60_000
    await chat.tick()
    expect(chat.runs.activeCount()).toBe(1)
    leaving.abort()
    await reading
    play.push(text('half'))
    chat.clock.nowMs += 10 * 60_000 - 1
    await chat.tick()
    expect(chat.runs.activeCount()).toBe(1)
    chat.clock.nowMs += 1
    await chat.tick()
    await play.closed
    const end = finishOf(await collect(chat.runs))
    expect(end).toMatchObject({ status: 'interrupted' })
    expect(await chat.store.loadReply('run-1')).toMatchObject({ text: 'half', ...end })
  })

  it('is complete when it ends before that', async () => {
    const play = await begin()
    play.push(text('whole'), finish())
    play.end()
    await play.closed
    expect(finishOf(await collect(chat.runs))?.status).toBe('complete')
  })
})

describe('loadLiveThread', () => {
  const load = () =>
    loadLiveThread({
      threadId: 'thread-1',
      loadThread: chat.store.loadThread,
      snapshot: chat.runs.snapshot,
    })

  it('carries the live text of the reply that is being written', async () => {
    const play = await begin()
    play.push(reasoning('why'), text('live'))
    await chat.tick()
    play.push(text(' text'))
    await new Promise((resolve) => setImmediate(resolve))
    expect((await load())?.messages[1]).toMatchObject({
      status: 'streaming',
      text: 'live text',
      reasoning: 'why',
    })
    expect(chat.runs.snapshot('thread-1')).toMatchObject({ runId: 'run-1', position: 12 })
  })

  it('is never behind a run that ends while it is loaded', async () => {
    const play = await begin()
    let loads = 0
    const loaded = await loadLiveThread({
      threadId: 'thread-1',
      snapshot: chat.runs.snapshot,
      loadThread: async (threadId) => {
        const seen = await chat.store.loadThread(threadId)
        loads += 1
        if (loads > 1) return seen
        play.push(text('whole'), finish())
        play.end()
        await collect(chat.runs)
        return seen
      },
    })
    expect(loaded?.messages[1]).toMatchObject({ status: 'complete', text: 'whole' })
    expect(loads).toBe(2)
  })

  it('is undefined for a thread that is not there', async () => {
    expect(await load()).toBeUndefined()
  })
})

it('leaves no listener, reader, run or rejection behind after 400 runs of every end', async () => {
  const rejections: unknown[] = []
  const onRejection = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', onRejection)
  const signal = new AbortController().signal
  for (let n = 1; n <= 400; n += 1) {
    const play = await begin(n)
    const runId = `run-${n}`
    const reading = collect(chat.runs, { runId, signal })
    play.push(sent(1000), text('some text'))
    if (n % 4 === 0) await chat.runs.stop(runId)
    else if (n % 4 === 1) play.fail(new Error('unexpected'))
    else if (n % 4 === 2) play.end()
    else {
      play.push(finish())
      play.end()
    }
    expect(finishOf(await reading)).toBeDefined()
    expect(getEventListeners(play.request.signal, 'abort')).toHaveLength(0)
  }
  chat.clock.nowMs += 60_000
  await chat.tick()
  expect(chat.ticks.size).toBe(0)
  expect(chat.runs.activeCount()).toBe(0)
  expect(chat.scripted.state.open).toBe(0)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', onRejection)
  expect(rejections).toEqual([])
})
