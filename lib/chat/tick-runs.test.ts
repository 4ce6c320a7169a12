import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  begin,
  type ChatSetup,
  closeChat,
  collect,
  finishOf,
  setUpChat,
} from './__fixtures__/chat-setup'
import { finish, sent, text } from './__fixtures__/scripted-engine'
import type { StreamItem } from './encode-stream-item'

let chat: ChatSetup

beforeEach(async () => {
  chat = await setUpChat({ maxLagLength: 1000 })
})
afterEach(() => closeChat(chat))

const stages = (items: StreamItem[]) =>
  items.flatMap(({ chunk }) => (chunk.type === 'data-progress' ? [chunk.data] : []))

describe('progress', () => {
  it('goes from sending to queued, prefill and generating as the engine tells', async () => {
    chat.monitor.seenLoad = {
      runningRequests: 4,
      waitingRequests: 3,
      askedAtMs: 990,
      seenAtMs: 995,
    }
    const play = await begin(chat)
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
    const play = await begin(chat)
    const reading = collect(chat.runs)
    play.push(sent(1000))
    await chat.tick()
    await chat.tick()
    play.push(text('a'), finish())
    play.end()
    expect(stages(await reading)).toEqual([{ stage: 'sending' }, { stage: 'generating' }])
  })

  it('asks the engine once for all that wait, and places the younger behind the older', async () => {
    const older = await begin(chat, 1)
    const younger = await begin(chat, 2)
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
    const plays = [await begin(chat, 1), await begin(chat, 2)]
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
    const play = await begin(chat)
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
    const play = await begin(chat)
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
    const play = await begin(chat)
    play.push(text('whole'), finish())
    play.end()
    await play.closed
    expect(finishOf(await collect(chat.runs))?.status).toBe('complete')
  })
})
