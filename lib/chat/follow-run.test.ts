import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  ask,
  begin,
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
  chat = await setUpChat({ maxLagLength: 1000 })
})
afterEach(() => closeChat(chat))

describe('follow', () => {
  it('joins a live run at any position: what the reader has and what it gets is the whole text', async () => {
    const play = await begin(chat)
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
        const play = await begin(chat, n)
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
    const play = await begin(chat)
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
    const play = await begin(chat)
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
    const play = await begin(chat)
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

it('leaves no listener, reader, run or rejection behind after 400 runs of every end', async () => {
  const rejections: unknown[] = []
  const onRejection = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', onRejection)
  const signal = new AbortController().signal
  for (let n = 1; n <= 400; n += 1) {
    const play = await begin(chat, n)
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
