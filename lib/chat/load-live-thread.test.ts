import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { begin, type ChatSetup, closeChat, collect, setUpChat } from './__fixtures__/chat-setup'
import { finish, reasoning, text } from './__fixtures__/scripted-engine'
import { loadLiveThread } from './load-live-thread'

let chat: ChatSetup

beforeEach(async () => {
  chat = await setUpChat({ maxLagLength: 1000 })
})
afterEach(() => closeChat(chat))

describe('loadLiveThread', () => {
  const load = () =>
    loadLiveThread({
      threadId: 'thread-1',
      loadThread: chat.store.loadThread,
      snapshot: chat.runs.snapshot,
    })

  it('carries the live text of the reply that is being written', async () => {
    const play = await begin(chat)
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
    const play = await begin(chat)
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
