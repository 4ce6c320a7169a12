import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '@/lib/domain/error'
import {
  ask,
  type ChatSetup,
  closeChat,
  collect,
  finishOf,
  setUpChat,
  textOf,
} from './__fixtures__/chat-setup'
import { finish, reasoning, sent, text } from './__fixtures__/scripted-engine'

let chat: ChatSetup

beforeEach(async () => {
  chat = await setUpChat()
})
afterEach(async () => {
  await closeChat(chat)
  expect(chat.ticks.size).toBe(0)
})

const stored = async (runId = 'run-1') => await chat.store.loadReply(runId)

/** One whole answer, read to its end. */
async function answer(n: number, options: { parentId?: string; answer?: string } = {}) {
  await chat.runs.start(ask(n, { parentId: options.parentId ?? null }))
  const play = await chat.scripted.nextPlay()
  play.push(sent(1000), text(options.answer ?? `answer ${n}`, 1100), finish())
  play.end()
  return await collect(chat.runs, { runId: `run-${n}` })
}

describe('start', () => {
  it('has the question committed before the engine is asked', async () => {
    const start = chat.runs.start(ask())
    const play = await chat.scripted.nextPlay()
    expect((await chat.store.loadThread('thread'))?.messages).toMatchObject([
      { role: 'user', text: 'text 1' },
      { role: 'assistant', status: 'streaming', model: 'model' },
    ])
    expect(await start).toEqual({ runId: 'run-1', isJoined: false })
    expect(play.request).toMatchObject({
      model: 'model',
      sessionId: 'thread',
      requestId: 'run-1',
      messages: [
        { role: 'system', content: 'SYSTEM' },
        { role: 'user', content: 'text 1' },
      ],
    })
    expect(play.request).not.toHaveProperty('sampling')
  })

  it("builds each prompt from the server's own history, beginning with the one before it", async () => {
    await answer(1)
    const items = await answer(2, { parentId: 'reply-1' })
    await answer(3, { parentId: 'reply-2' })
    expect(finishOf(items)?.status).toBe('complete')
    const prompts = chat.scripted.plays.map(({ request }) => JSON.stringify(request.messages))
    expect(JSON.parse(prompts[2] ?? '').map(({ content }: { content: string }) => content)).toEqual(
      ['SYSTEM', 'text 1', 'answer 1', 'text 2', 'answer 2', 'text 3'],
    )
    for (const [index, prompt] of prompts.entries()) {
      expect(prompt.startsWith((prompts[index - 1] ?? '[').slice(0, -1))).toBe(true)
    }
  })

  it('refuses while the engine is not ready, and keeps nothing', async () => {
    chat.monitor.phase = 'loading'
    await expect(chat.runs.start(ask())).rejects.toMatchObject({
      code: 'engine_not_ready',
      details: { phase: 'loading' },
    })
    expect(chat.scripted.plays).toEqual([])
    expect(await chat.store.loadThread('thread')).toBeUndefined()
  })

  it('joins the run when the same request comes again: at once, later, after its end, and while the engine is away', async () => {
    const both = await Promise.all([chat.runs.start(ask()), chat.runs.start(ask())])
    expect(both.map(({ isJoined }) => isJoined)).toEqual([false, true])
    const play = await chat.scripted.nextPlay()
    expect((await chat.runs.start(ask())).isJoined).toBe(true)
    play.push(finish())
    play.end()
    await collect(chat.runs)
    chat.monitor.phase = 'dead'
    expect((await chat.runs.start(ask())).isJoined).toBe(true)
    expect(chat.scripted.plays).toHaveLength(1)
  })

  it('gives a second answer beside the first for a new run of the same question', async () => {
    await answer(1, { answer: 'first' })
    await chat.runs.start(ask(1, { runId: 'run-b' }))
    const play = await chat.scripted.nextPlay()
    expect(play.request.messages.map(({ content }) => content)).toEqual(['SYSTEM', 'text 1'])
    play.push(text('second'), finish())
    play.end()
    expect(textOf(await collect(chat.runs, { runId: 'run-b' }))).toBe('second')
    expect((await stored('run-1'))?.text).toBe('first')
    expect((await stored('run-b'))?.parentId).toBe('question-1')
  })

  it('refuses another text under a known id, and a second run beside an active one', async () => {
    await chat.runs.start(ask())
    const message = { id: 'question-1', text: 'changed' }
    const sameRun = chat.runs.start(ask(1, { message }))
    await expect(sameRun).rejects.toMatchObject({ code: 'message_conflict' })
    const newRun = chat.runs.start(ask(1, { message, runId: 'run-b' }))
    await expect(newRun).rejects.toMatchObject({ code: 'run_active' })
    await expect(chat.runs.start(ask(2))).rejects.toMatchObject({ code: 'run_active' })
    expect(chat.runs.activeCount()).toBe(1)
    expect(chat.scripted.plays).toHaveLength(1)
  })

  it('lets threads run side by side', async () => {
    await chat.runs.start(ask(1))
    await chat.runs.start(ask(2, { threadId: 'other' }))
    expect(chat.runs.activeCount()).toBe(2)
  })
})

describe('the end of a run', () => {
  it('is one timing: the last event and the stored row', async () => {
    chat.monitor.seenLoad = {
      runningRequests: 5,
      waitingRequests: 2,
      askedAtMs: 990,
      seenAtMs: 995,
    }
    await chat.runs.start(ask())
    const play = await chat.scripted.nextPlay()
    play.push(
      sent(1002),
      reasoning('thin', 1100),
      reasoning('king', 1110),
      text('Hello', 1200),
      text(' there', 1250, 1300),
      finish({
        finishReason: 'length',
        model: 'served',
        usage: { promptTokens: 300, completionTokens: 5, cachedTokens: 128 },
        engine: { queueMs: 20, prefillMs: 60 },
      }),
    )
    chat.clock.nowMs = 1350
    play.end()
    const items = await collect(chat.runs)
    const end = finishOf(items)
    expect(end).toEqual({
      status: 'complete',
      finishReason: 'length',
      timing: {
        ttftMs: 100,
        overheadMs: 2,
        queueMs: 20,
        prefillMs: 60,
        otherMs: 18,
        e2elMs: 350,
        interTokenMs: { p50: 50, p95: expect.closeTo(84), max: 90 },
        tokensPerSecond: 20,
        promptTokens: 300,
        cachedTokens: 128,
        completionTokens: 5,
        aheadRequests: 7,
      },
    })
    expect(await stored()).toMatchObject({
      text: 'Hello there',
      reasoning: 'thinking',
      model: 'served',
      ...end,
    })
    expect(textOf(items)).toBe('Hello there')
    expect(textOf(items, 'reasoning')).toBe('thinking')
  })

  it.each([
    ['cut after text', ['half'], new AppError('engine_stream_cut'), 'interrupted'],
    ['refused before text', [], new AppError('engine_context_too_long'), 'failed'],
    ['an error event after text', ['half'], new AppError('engine_failed'), 'failed'],
    ['a fault of our own', ['half'], new TypeError('secret detail'), 'failed'],
  ])('keeps the text and tells the monitor: %s', async (_, deltas, error, status) => {
    await chat.runs.start(ask())
    const play = await chat.scripted.nextPlay()
    for (const delta of deltas) play.push(text(delta, 1001))
    play.fail(error)
    const items = await collect(chat.runs)
    const code = error instanceof AppError ? error.code : 'internal'
    expect(finishOf(items)).toMatchObject({ status, error: { code, requestId: 'run-1' } })
    expect(items.some(({ chunk }) => chunk.type === 'error')).toBe(true)
    expect(await stored()).toMatchObject({ status, text: deltas.join(''), error: { code } })
    expect(chat.monitor.reported).toEqual(error instanceof AppError ? [error] : [])
    expect(JSON.stringify(items)).not.toContain('secret')
  })

  it('frees the thread for the next question', async () => {
    await chat.runs.start(ask())
    ;(await chat.scripted.nextPlay()).fail(new AppError('engine_died'))
    await collect(chat.runs)
    expect(finishOf(await answer(2, { parentId: 'reply-1' }))?.status).toBe('complete')
  })

  it('says storage_failed and never saved when the store is full, and stores it when there is room', async () => {
    await chat.store.close()
    let isFull = false
    chat = await setUpChat()
    const { store } = chat
    const finishReply = store.finishReply
    store.finishReply = async (reply) => {
      if (isFull) throw new AppError('storage_failed')
      await finishReply(reply)
    }
    isFull = true
    await chat.runs.start(ask())
    const play = await chat.scripted.nextPlay()
    play.push(text('answer'), finish())
    play.end()
    const items = await collect(chat.runs)
    expect(textOf(items)).toBe('answer')
    expect(finishOf(items)).toMatchObject({ status: 'failed', error: { code: 'storage_failed' } })
    await expect(chat.runs.stop('run-1')).rejects.toMatchObject({ code: 'storage_failed' })
    expect(chat.runs.snapshot('thread')?.text).toBe('answer')
    isFull = false
    await chat.tick()
    expect(await stored()).toMatchObject({ status: 'complete', text: 'answer' })
    expect(chat.runs.snapshot('thread')).toBeUndefined()
    expect((await chat.runs.stop('run-1')).status).toBe('complete')
  })
})

describe('stop', () => {
  it.each([
    ['in the middle of the text', true],
    ['before the first token', false],
  ])(
    'closes the socket and stores the end %s, from anywhere and more than once',
    async (_, hasText) => {
      await chat.runs.start(ask())
      const play = await chat.scripted.nextPlay()
      if (hasText) play.push(sent(1001), text('half', 1100))
      const reading = collect(chat.runs)
      await chat.tick()
      const [reply, again] = await Promise.all([chat.runs.stop('run-1'), chat.runs.stop('run-1')])
      expect(chat.scripted.state.open).toBe(0)
      expect(reply).toMatchObject({ status: 'stopped', text: hasText ? 'half' : '' })
      expect(again).toEqual(reply)
      expect(await stored()).toEqual(reply)
      const items = await reading
      expect(items.map(({ chunk }) => chunk.type)).toContain('abort')
      expect(finishOf(items)?.status).toBe('stopped')
      expect(chat.monitor.reported).toEqual([])
    },
  )

  it('works while the question is still being saved', async () => {
    const start = chat.runs.start(ask())
    const stop = chat.runs.stop('run-1')
    await start
    expect((await stop).status).toBe('stopped')
  })

  it('answers with the stored reply of a run it no longer holds, and knows no other', async () => {
    await answer(1)
    chat.clock.nowMs += 60_000
    await chat.tick()
    expect(await chat.runs.stop('run-1')).toMatchObject({ status: 'complete', text: 'answer 1' })
    await expect(chat.runs.stop('nobody')).rejects.toMatchObject({ code: 'run_not_found' })
  })
})
