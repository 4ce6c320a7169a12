import { describe, expect, it, vi } from 'vitest'
import type { Reply } from '@/lib/domain/message'
import {
  buildFrames,
  createFakeServer,
  encodeFrames,
  type Frame,
  openStreamResponse,
  toErrorResponse,
  toStopResponse,
  toStreamResponse,
  toThreadResponse,
} from './__fixtures__/fake-server'
import { createApiClient } from './api-client'
import { createThreadStore, type ThreadStoreOptions } from './create-thread-store'
import { selectIsFree } from './thread-state'

const CHAT = /^\/api\/chat$/
const RUN = /^\/api\/runs\/[^/]+\?/
const STOP = /\/stop$/
const THREAD = /^\/api\/threads\//
const PAINT = /\/paint$/
const pieces = ['Hello', ', ', 'world', '.']

function setUp(options: Partial<ThreadStoreOptions> = {}) {
  const server = createFakeServer()
  let ids = 0
  const frames: (() => void)[] = []
  const store = createThreadStore({
    threadId: 'thread',
    api: createApiClient({ fetch: server.fetch }),
    sleep: async () => {},
    createId: () => {
      ids += 1
      return `id-${ids}`
    },
    wallClockMs: () => 1_000,
    createBatcher: (flush) => ({
      schedule: () => void frames.push(flush),
      flushNow: flush,
      cancel: () => {},
    }),
    ...options,
  })
  const ask = (draft: string, pressedAtMs = 0) => {
    store.actions.setDraft(draft)
    return store.actions.send({ pressedAtMs })
  }
  const paintFrame = () => {
    for (const flush of frames.splice(0)) flush()
  }
  return { server, store, ask, paintFrame, state: store.getState }
}

function answer(runId: string, after = 0) {
  return toStreamResponse([encodeFrames(buildFrames({ runId, pieces, after }))])
}

function storedReply(change: Partial<Reply> = {}): Reply {
  return {
    id: 'reply-id-2',
    threadId: 'thread',
    parentId: 'id-1',
    role: 'assistant',
    runId: 'id-2',
    text: 'Hello',
    reasoning: '',
    status: 'stopped',
    createdAtMs: 1,
    ...change,
  }
}

function startFrames(runId: string): Frame[] {
  return buildFrames({ runId, pieces }).slice(0, 4)
}

describe('asking', () => {
  it('sends the newest message only, and shows question and answer', async () => {
    const { server, ask, state } = setUp()
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
    const { server, ask } = setUp()
    server.answerOnce(CHAT, () => answer('id-2'))
    server.answerOnce(CHAT, () => answer('id-4'))
    await ask('Hi')
    await ask('And then?')
    expect(server.chatBodies()[1]).toMatchObject({ parentId: 'reply-id-2' })
  })

  it('takes no second question while an answer is written, and no blank one', async () => {
    const { server, ask, state } = setUp()
    await ask('  \n ')
    const stream = openStreamResponse()
    server.answerOnce(CHAT, () => stream.response)
    void ask('One')
    await ask('Two')
    expect(server.chatBodies()).toHaveLength(1)
    expect(state().draft).toBe('Two')
  })

  it('shows the first text at once, then changes once a frame, whatever the number of pieces', async () => {
    const { server, ask, store, paintFrame, state } = setUp()
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
    const { server, ask, paintFrame, state } = setUp()
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
    const { server, ask, state } = setUp()
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
    const { server, ask, store, state } = setUp()
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
      const { server, ask, state } = setUp()
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
    const { server, ask, store, state } = setUp()
    server.answerOnce(CHAT, () => toErrorResponse('run_active', 409))
    const asked = ask('First')
    store.actions.setDraft('Second')
    await asked
    expect(state().draft).toBe('First\n\nSecond')
  })

  it('keeps its ids when it is taken back and sent unchanged, and gets new ones when changed', async () => {
    const { server, ask, store } = setUp()
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
    const { server, ask, state } = setUp()
    server.answerOnce(CHAT, () => new Response('<html>', { status: 502 }))
    await ask('Hi')
    expect(state().unsent?.error.code).toBe('app_unreachable')
  })
})

describe('a lost connection', () => {
  it('joins again from the last character, with no gap and no repeat', async () => {
    const { server, ask, state } = setUp()
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
    const { server, ask, state } = setUp()
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
    const { server, ask, store, state } = setUp()
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
    const { server, store, state } = setUp({ messages: [question, reply] })
    const frames = buildFrames({ runId: 'id-2', reasoning: ['Hm.'], pieces, after: 6 })
    server.answerOnce(RUN, () => toStreamResponse([encodeFrames(frames)]))
    await store.actions.join()
    expect(server.calls[0]?.path).toBe('/api/runs/id-2?after=6')
    expect(state().messages.at(-1)).toMatchObject({ reasoning: 'Hm.', text: 'Hello, world.' })
  })

  it('joins nothing when the last answer has ended', async () => {
    const { server, store } = setUp({ messages: [question, storedReply()] })
    await store.actions.join()
    expect(server.calls).toEqual([])
  })

  it('joins one stream only, however often it is asked to', async () => {
    const reply = storedReply({ text: '', status: 'streaming' })
    const { server, store } = setUp({ messages: [question, reply] })
    server.answerOnce(RUN, () => openStreamResponse().response)
    void store.actions.join()
    void store.actions.join()
    expect(server.requestsOf(RUN)).toHaveLength(1)
  })

  it('takes what another tab added, and joins it', async () => {
    const { server, store, state } = setUp({ messages: [question, storedReply()] })
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

describe('stopping', () => {
  it('shows the end as it was stored and lets the stream go', async () => {
    const { server, ask, store, state } = setUp()
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
    const { server, ask, store, state } = setUp()
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
    const { server, ask, store, state } = setUp()
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
    const { server, ask, store, state } = setUp()
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
    const { server, ask, store, state } = setUp()
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
    const { server, ask, store, state } = setUp()
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
    const { server, store } = setUp({ messages: [storedReply()] })
    store.actions.notePainted({ runId: 'id-2', paintedAtMs: 900 })
    expect(server.calls).toEqual([])
  })
})

describe('an armed draft', () => {
  it('is armed only with text, and let go by a change of it', () => {
    const { store, state } = setUp()
    store.actions.setArmed(true)
    expect(state().isArmed).toBe(false)
    store.actions.setDraft('Hi')
    store.actions.setArmed(true)
    expect(state().isArmed).toBe(true)
    store.actions.setDraft('Hi!')
    expect(state().isArmed).toBe(false)
  })
})
