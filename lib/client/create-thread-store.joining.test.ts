import { describe, expect, it } from 'vitest'
import {
  buildFrames,
  encodeFrames,
  openStreamResponse,
  toErrorResponse,
  toStreamResponse,
  toThreadResponse,
} from './__fixtures__/fake-server'
import {
  answer,
  CHAT,
  pieces,
  RUN,
  setUpAsking,
  startFrames,
  storedReply,
  THREAD,
} from './__fixtures__/set-up-asking'

describe('a lost connection', () => {
  it('joins again from the last character, with no gap and no repeat', async () => {
    const { server, ask, state } = setUpAsking()
    const frames = buildFrames({ runId: 'id-2', pieces })
    server.answerOnce(CHAT, () =>
      toStreamResponse([encodeFrames(frames.slice(0, 5))], { end: 'break' }),
    )
    server.answerOnce(RUN, () => answer('id-2', 7))
    await ask('Hi')
    expect(server.requestsOf(RUN).map(({ path }) => path)).toEqual(['/api/runs/id-2?after=7'])
    expect(state().messages.at(-1)).toMatchObject({ text: 'Hello, world.', status: 'complete' })
  })

  it('shows the stored end when the run is no longer held', async () => {
    const { server, ask, state } = setUpAsking()
    server.answerOnce(CHAT, () =>
      toStreamResponse([encodeFrames(startFrames('id-2'))], { end: 'break' }),
    )
    server.answerOnce(RUN, () => toErrorResponse('run_not_found', 404))
    const stored = storedReply({ text: 'Hello, world', status: 'interrupted' })
    server.answerOnce(THREAD, () => toThreadResponse([stored]))
    await ask('Hi')
    expect(state().messages.at(-1)).toEqual(stored)
    expect(state().live).toBeUndefined()
  })

  it('keeps the text and offers to join when the server stays away', async () => {
    const { server, ask, store, state } = setUpAsking()
    server.answerOnce(CHAT, () =>
      toStreamResponse([encodeFrames(startFrames('id-2'))], { end: 'break' }),
    )
    await ask('Hi')
    expect(state().live?.connection).toBe('lost')
    expect(state().messages.at(-1)).toMatchObject({ text: 'Hello', status: 'streaming' })
    server.answerOnce(RUN, () => answer('id-2', 5))
    await store.actions.join()
    expect(state().messages.at(-1)).toMatchObject({ text: 'Hello, world.', status: 'complete' })
  })
})

describe('a reload', () => {
  const question = {
    id: 'id-1',
    threadId: 'thread',
    parentId: null,
    role: 'user' as const,
    text: 'Hi',
    createdAtMs: 1,
  }

  it('goes on with the live text, reasoning counted', async () => {
    const reply = storedReply({ reasoning: 'Hm.', text: 'Hel', status: 'streaming' })
    const { server, store, state } = setUpAsking({ messages: [question, reply] })
    const frames = buildFrames({ runId: 'id-2', reasoning: ['Hm.'], pieces, after: 6 })
    server.answerOnce(RUN, () => toStreamResponse([encodeFrames(frames)]))
    await store.actions.join()
    expect(server.calls[0]?.path).toBe('/api/runs/id-2?after=6')
    expect(state().messages.at(-1)).toMatchObject({ reasoning: 'Hm.', text: 'Hello, world.' })
  })

  it('joins nothing when the last answer has ended', async () => {
    const { server, store } = setUpAsking({ messages: [question, storedReply()] })
    await store.actions.join()
    expect(server.calls).toEqual([])
  })

  it('joins one stream only, however often it is asked to', async () => {
    const reply = storedReply({ text: '', status: 'streaming' })
    const { server, store } = setUpAsking({ messages: [question, reply] })
    server.answerOnce(RUN, () => openStreamResponse().response)
    void store.actions.join()
    void store.actions.join()
    expect(server.requestsOf(RUN)).toHaveLength(1)
  })

  it('takes what another tab added, and joins it', async () => {
    const { server, store, state } = setUpAsking({ messages: [question, storedReply()] })
    const next = { ...question, id: 'q2', parentId: 'reply-id-2', text: 'More' }
    const reply = storedReply({
      id: 'r2',
      parentId: 'q2',
      runId: 'r',
      text: '',
      status: 'streaming',
    })
    server.answerOnce(THREAD, () => toThreadResponse([question, storedReply(), next, reply]))
    server.answerOnce(RUN, () => answer('r'))
    await store.actions.refresh()
    expect(state().messages).toHaveLength(4)
    expect(state().messages.at(-1)).toMatchObject({ text: 'Hello, world.', status: 'complete' })
  })
})
