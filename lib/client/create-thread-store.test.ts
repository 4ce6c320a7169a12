import { describe, expect, it, vi } from 'vitest'
import {
  buildFrames,
  encodeFrames,
  type Frame,
  openStreamResponse,
  toErrorResponse,
  toStopResponse,
  toStreamResponse,
} from './__fixtures__/fake-server'
import {
  answer,
  CHAT,
  PAINT,
  pieces,
  STOP,
  setUpAsking,
  startFrames,
  storedReply,
} from './__fixtures__/set-up-asking'
import { selectIsFree } from './thread-state'

describe('asking', () => {
  it('sends the newest message only, and shows question and answer', async () => {
    const { server, ask, state } = setUpAsking()
    server.answerOnce(CHAT, () => answer('id-2'))
    await ask('Hi')
    expect(server.chatBodies()).toEqual([
      { threadId: 'thread', parentId: null, runId: 'id-2', message: { id: 'id-1', text: 'Hi' } },
    ])
    expect(state().messages).toMatchObject([
      { role: 'user', text: 'Hi' },
      { id: 'reply-id-2', text: 'Hello, world.', status: 'complete', timing: { e2elMs: 9 } },
    ])
    expect(state()).toMatchObject({
      live: undefined,
      draft: '',
      lastEnd: { runId: 'id-2', status: 'complete' },
    })
  })

  it('hangs the next question on the last answer', async () => {
    const { server, ask } = setUpAsking()
    server.answerOnce(CHAT, () => answer('id-2'))
    server.answerOnce(CHAT, () => answer('id-4'))
    await ask('Hi')
    await ask('And then?')
    expect(server.chatBodies()[1]).toMatchObject({ parentId: 'reply-id-2' })
  })

  it('takes no second question while an answer is written, and no blank one', async () => {
    const { server, ask, state } = setUpAsking()
    await ask('  \n ')
    const stream = openStreamResponse()
    server.answerOnce(CHAT, () => stream.response)
    void ask('One')
    await ask('Two')
    expect(server.chatBodies()).toHaveLength(1)
    expect(state().draft).toBe('Two')
  })

  it('shows the first text at once, then changes once a frame, whatever the number of pieces', async () => {
    const { server, ask, store, paintFrame, state } = setUpAsking()
    const stream = openStreamResponse()
    server.answerOnce(CHAT, () => stream.response)
    void ask('Hi')
    await vi.waitFor(() => expect(state().live?.connection).toBe('open'))
    const texts: string[] = []
    store.subscribe(({ messages }) => void texts.push(messages.at(-1)?.text ?? ''))
    stream.push(buildFrames({ runId: 'id-2', pieces }).slice(0, 7))
    await vi.waitFor(() => {
      paintFrame()
      expect(state().messages.at(-1)?.text).toBe('Hello, world.')
    })
    expect([...new Set(texts)].filter((text) => text !== '')).toEqual(['Hello', 'Hello, world.'])
  })

  it('shows the stage before the first token', async () => {
    const { server, ask, paintFrame, state } = setUpAsking()
    const stream = openStreamResponse()
    server.answerOnce(CHAT, () => stream.response)
    void ask('Hi', 17)
    expect(state().live).toMatchObject({ progress: { stage: 'sending' }, startedAtMs: 17 })
    const progress = { stage: 'queued', aheadRequests: 7 } as const
    stream.push([{ id: 0, chunk: { type: 'data-progress', data: progress, transient: true } }])
    await vi.waitFor(() => {
      paintFrame()
      expect(state().live?.progress).toEqual(progress)
    })
  })

  it('keeps the error that the server put into the stream', async () => {
    const { server, ask, state } = setUpAsking()
    const error = { code: 'engine_died' as const, details: { seconds: 3 } }
    const frames: Frame[] = [
      ...startFrames('id-2'),
      { id: 5, chunk: { type: 'error', errorText: JSON.stringify(error) } },
      { id: 5, chunk: { type: 'finish', messageMetadata: { status: 'interrupted', error } } },
      '[DONE]',
    ]
    server.answerOnce(CHAT, () => toStreamResponse([encodeFrames(frames)]))
    await ask('Hi')
    expect(state().messages.at(-1)).toMatchObject({ text: 'Hello', status: 'interrupted', error })
  })
})

describe('a question that does not get through', () => {
  it('is kept and sent again with the same ids when nobody answered', async () => {
    const { server, ask, store, state } = setUpAsking()
    await ask('Hi')
    expect(state().unsent).toMatchObject({ questionId: 'id-1', error: { code: 'app_unreachable' } })
    expect(state().messages).toHaveLength(1)
    expect(selectIsFree(state())).toBe(false)
    server.answerOnce(CHAT, () => answer('id-2'))
    await store.actions.resend()
    const [first, second] = server.chatBodies()
    expect(second).toEqual(first)
    expect(state().unsent).toBeUndefined()
    expect(state().messages.at(-1)).toMatchObject({ text: 'Hello, world.' })
  })

  it.each([
    ['engine_not_ready', 503, { phase: 'loading' }],
    ['body_too_large', 413, { limitMib: 1 }],
  ] as const)(
    'comes back to the message box when it is refused: %s',
    async (code, status, details) => {
      const { server, ask, state } = setUpAsking()
      server.answerOnce(CHAT, () => toErrorResponse(code, status, { details }))
      await ask('Hi')
      expect(state()).toMatchObject({
        messages: [],
        draft: 'Hi',
        refusal: { code, details },
        live: undefined,
        unsent: undefined,
      })
    },
  )

  it('is put before what was typed in the meantime', async () => {
    const { server, ask, store, state } = setUpAsking()
    server.answerOnce(CHAT, () => toErrorResponse('run_active', 409))
    const asked = ask('First')
    store.actions.setDraft('Second')
    await asked
    expect(state().draft).toBe('First\n\nSecond')
  })

  it('keeps its ids when it is taken back and sent unchanged, and gets new ones when changed', async () => {
    const { server, ask, store } = setUpAsking()
    await ask('Hi')
    store.actions.recall()
    expect(store.getState()).toMatchObject({ draft: 'Hi', messages: [], unsent: undefined })
    await store.actions.send({ pressedAtMs: 0 })
    store.actions.recall()
    await ask('Hi there')
    const [first, second, third] = server.chatBodies()
    expect(second).toEqual(first)
    expect(third?.message.id).not.toBe(first?.message.id)
  })

  it('names a proxy page in place of our server as not reached', async () => {
    const { server, ask, state } = setUpAsking()
    server.answerOnce(CHAT, () => new Response('<html>', { status: 502 }))
    await ask('Hi')
    expect(state().unsent?.error.code).toBe('app_unreachable')
  })
})

describe('stopping', () => {
  it('shows the end as it was stored and lets the stream go', async () => {
    const { server, ask, store, state } = setUpAsking()
    const stream = openStreamResponse()
    server.answerOnce(CHAT, () => stream.response)
    void ask('Hi')
    stream.push(startFrames('id-2'))
    await vi.waitFor(() => expect(state().live?.connection).toBe('open'))
    server.answerOnce(STOP, () => toStopResponse(storedReply()))
    await store.actions.stop()
    expect(state().messages.at(-1)).toEqual(storedReply())
    expect(state()).toMatchObject({ live: undefined, lastEnd: { status: 'stopped' } })
  })

  it('works before the server has the question', async () => {
    const { server, ask, store, state } = setUpAsking()
    const accept = Promise.withResolvers<Response>()
    server.answerOnce(CHAT, () => accept.promise)
    const asked = ask('Hi')
    server.answerOnce(STOP, () => toErrorResponse('run_not_found', 404))
    await store.actions.stop()
    expect(state().live).toMatchObject({ isStopping: true, stopError: undefined })
    server.answerOnce(STOP, () => toStopResponse(storedReply({ text: '' })))
    const stream = openStreamResponse()
    accept.resolve(stream.response)
    await vi.waitFor(() => expect(state().live).toBeUndefined())
    expect(state().messages.at(-1)).toMatchObject({ status: 'stopped', text: '' })
    stream.push(buildFrames({ runId: 'id-2', pieces }))
    await asked
    expect(state().messages.at(-1)).toMatchObject({ status: 'stopped', text: '' })
  })

  it('says why when it could not be done, and can be pressed again', async () => {
    const { server, ask, store, state } = setUpAsking()
    server.answerOnce(CHAT, () => openStreamResponse().response)
    void ask('Hi')
    await store.actions.stop()
    expect(state().live).toMatchObject({
      isStopping: false,
      stopError: { code: 'app_unreachable' },
    })
  })
})

describe('retrying', () => {
  it('asks for a second answer to the same question, in a new run', async () => {
    const { server, ask, store, state } = setUpAsking()
    const error = { code: 'engine_failed' as const }
    const failed: Frame[] = [
      ...startFrames('id-2').slice(0, 1),
      { id: 0, chunk: { type: 'finish', messageMetadata: { status: 'failed', error } } },
      '[DONE]',
    ]
    server.answerOnce(CHAT, () => toStreamResponse([encodeFrames(failed)]))
    server.answerOnce(CHAT, () => answer('id-3'))
    await ask('Hi')
    await store.actions.retry({ runId: 'id-2', pressedAtMs: 5 })
    const [first, second] = server.chatBodies()
    expect(second).toEqual({ ...first, runId: 'id-3' })
    expect(state().messages).toHaveLength(2)
    expect(state().messages.at(-1)).toMatchObject({ runId: 'id-3', text: 'Hello, world.' })
    expect(state().messages.at(-1)).not.toHaveProperty('error')
  })

  it('leaves the earlier answer in its place when it is refused', async () => {
    const { server, ask, store, state } = setUpAsking()
    server.answerOnce(CHAT, () => answer('id-2'))
    await ask('Hi')
    const before = state().messages
    server.answerOnce(CHAT, () => toErrorResponse('engine_not_ready', 503))
    await store.actions.retry({ runId: 'id-2', pressedAtMs: 5 })
    expect(state().messages).toEqual(before)
    expect(state().unsent).toMatchObject({ runId: 'id-3', canRecall: false })
    server.answerOnce(CHAT, () => answer('id-3'))
    await store.actions.resend()
    expect(state().messages.map((message) => 'runId' in message && message.runId)).toEqual([
      false,
      'id-3',
    ])
  })
})

describe('the first paint', () => {
  it('is measured from the press and sent to the server once', async () => {
    const { server, ask, store, state } = setUpAsking()
    server.answerOnce(CHAT, () => answer('id-2'))
    server.answerOnce(PAINT, () => new Response(null, { status: 204 }))
    await ask('Hi', 100)
    store.actions.notePainted({ runId: 'id-2', paintedAtMs: 512.5 })
    store.actions.notePainted({ runId: 'id-2', paintedAtMs: 900 })
    expect(server.requestsOf(PAINT)).toMatchObject([
      { path: '/api/messages/reply-id-2/paint', body: { browserTtftMs: 412.5 } },
    ])
    expect(state().messages.at(-1)).toMatchObject({ paint: { browserTtftMs: 412.5 } })
  })

  it('is not claimed for an answer that was only joined', () => {
    const { server, store } = setUpAsking({ messages: [storedReply()] })
    store.actions.notePainted({ runId: 'id-2', paintedAtMs: 900 })
    expect(server.calls).toEqual([])
  })
})

describe('an armed draft', () => {
  it('is armed only with text, and let go by a change of it', () => {
    const { store, state } = setUpAsking()
    store.actions.setArmed(true)
    expect(state().isArmed).toBe(false)
    store.actions.setDraft('Hi')
    store.actions.setArmed(true)
    expect(state().isArmed).toBe(true)
    store.actions.setDraft('Hi!')
    expect(state().isArmed).toBe(false)
  })
})
