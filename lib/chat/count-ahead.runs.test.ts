import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, type ChatSetup, closeChat, collect, setUpChat } from './__fixtures__/chat-setup'
import { finish, sent, text } from './__fixtures__/scripted-engine'

let chat: ChatSetup

beforeEach(async () => {
  chat = await setUpChat()
})
afterEach(() => closeChat(chat))

const stored = async (runId: string) => await chat.store.loadReply(runId)

describe('the requests ahead', () => {
  const aheadOf = async (runId: string) => (await stored(runId))?.timing?.aheadRequests

  async function answer(n: number) {
    await chat.runs.start(ask(n, { threadId: `thread-${n}` }))
    const play = await chat.scripted.nextPlay()
    play.push(sent(chat.clock.nowMs), text('a'), finish())
    play.end()
    await collect(chat.runs, { runId: `run-${n}` })
  }

  it('do not count a run of our own that the last look saw and that has ended since', async () => {
    await chat.runs.start(ask(1, { threadId: 'thread-1' }))
    const play = await chat.scripted.nextPlay()
    play.push(sent(1000), text('a'))
    await chat.tick()
    chat.monitor.seenLoad = {
      runningRequests: 1,
      waitingRequests: 0,
      askedAtMs: 1400,
      seenAtMs: 1500,
    }
    chat.clock.nowMs = 1600
    play.push(finish())
    play.end()
    await collect(chat.runs)
    chat.clock.nowMs = 1700
    await answer(2)
    expect(await aheadOf('run-2')).toBe(0)
  })

  it('count a run of our own that was sent since the last look', async () => {
    chat.monitor.seenLoad = { runningRequests: 2, waitingRequests: 0, askedAtMs: 1, seenAtMs: 2 }
    await chat.runs.start(ask(1, { threadId: 'thread-1' }))
    ;(await chat.scripted.nextPlay()).push(sent(1000), text('a'))
    await chat.tick()
    await answer(2)
    expect(await aheadOf('run-2')).toBe(3)
  })
})
