import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  ask,
  type ChatSetup,
  closeChat,
  collect,
  finishOf,
  setUpChat,
} from './__fixtures__/chat-setup'
import { finish, text } from './__fixtures__/scripted-engine'

let chat: ChatSetup

beforeEach(async () => {
  chat = await setUpChat()
})
afterEach(async () => {
  await closeChat(chat)
  expect(chat.ticks.size).toBe(0)
})

const stored = async (runId = 'run-1') => await chat.store.loadReply(runId)

describe('drain', () => {
  it('lets a run end within the grace, and refuses new ones meanwhile', async () => {
    await chat.runs.start(ask())
    const play = await chat.scripted.nextPlay()
    const reading = collect(chat.runs)
    const drained = chat.runs.drain({ graceMs: 60_000 })
    await expect(chat.runs.start(ask(2, { threadId: 'b' }))).rejects.toMatchObject({
      code: 'server_stopping',
    })
    expect((await chat.runs.start(ask())).isJoined).toBe(true)
    play.push(text('whole'), finish())
    play.end()
    await drained
    expect(finishOf(await reading)?.status).toBe('complete')
  })

  it('then stops the engine and stores what there is as interrupted', async () => {
    for (const n of [1, 2, 3]) {
      await chat.runs.start(ask(n, { threadId: `thread-${n}` }))
      ;(await chat.scripted.nextPlay()).push(text('half'))
    }
    const reading = collect(chat.runs)
    await chat.tick()
    await chat.runs.drain({ graceMs: 1 })
    expect(chat.scripted.state.open).toBe(0)
    expect(finishOf(await reading)).toMatchObject({
      status: 'interrupted',
      error: { code: 'server_stopping' },
    })
    for (const n of [1, 2, 3]) {
      expect(await stored(`run-${n}`)).toMatchObject({ status: 'interrupted', text: 'half' })
    }
    expect(chat.runs.activeCount()).toBe(0)
  })
})
