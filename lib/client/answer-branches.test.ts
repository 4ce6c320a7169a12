import { describe, expect, it, vi } from 'vitest'
import type { ChatMessage, Reply, ThreadBranch } from '@/lib/domain/message'
import {
  buildFrames,
  createFakeServer,
  encodeFrames,
  openStreamResponse,
  toErrorResponse,
  toStopResponse,
  toStreamResponse,
} from './__fixtures__/fake-server'
import { createApiClient } from './api-client'
import { createThreadStore } from './create-thread-store'
import { selectReply, toSiblingIds } from './thread-state'

const CHAT = /^\/api\/chat$/
const RUN = /^\/api\/runs\/[^/]+\?/
const THREAD = /^\/api\/threads\//
const PAINT = /\/paint$/

const question = (id: string, parentId: string | null = null): ChatMessage => ({
  id,
  threadId: 'thread',
  parentId,
  role: 'user',
  text: `Text of ${id}`,
  createdAtMs: 1,
})

const reply = (id: string, more: Partial<Reply> = {}): Reply => ({
  id,
  threadId: 'thread',
  parentId: 'q1',
  role: 'assistant',
  runId: `run-${id}`,
  text: `Answer ${id}`,
  reasoning: '',
  status: 'complete',
  createdAtMs: 1,
  ...more,
})

const cut = reply('a', { text: 'Half an', status: 'interrupted' })

function setUp(branch: Partial<ThreadBranch> = {}) {
  const server = createFakeServer()
  let ids = 0
  const store = createThreadStore({
    threadId: 'thread',
    messages: branch.messages ?? [question('q1'), cut],
    siblings: branch.siblings,
    api: createApiClient({ fetch: server.fetch }),
    sleep: async () => {},
    createId: () => `id-${++ids}`,
    wallClockMs: () => 1_000,
    createBatcher: (flush) => ({ schedule: flush, flushNow: flush, cancel: () => {} }),
  })
  const idsOf = () => store.getState().messages.map(({ id }) => id)
  const answersOf = () => {
    const last = store.getState().messages.at(-1)
    if (last?.role !== 'assistant') return []
    return toSiblingIds(last, store.getState().siblings)
  }
  return { server, store, state: store.getState, idsOf, answersOf }
}

const toBranch = (messages: ChatMessage[], siblings: Record<string, string[]> = {}) => {
  const thread = { id: 'thread', title: 'Hello', createdAtMs: 1, updatedAtMs: 2 }
  return Response.json({ thread, messages, siblings } satisfies ThreadBranch)
}

const stream = (runId: string, pieces: string[]) =>
  toStreamResponse([encodeFrames(buildFrames({ runId, pieces }))])

describe('continuing a cut answer', () => {
  it('asks for a run that goes on from it, and shows the whole text beside the first', async () => {
    const { server, store, state, answersOf } = setUp()
    const opened = openStreamResponse()
    server.answerOnce(CHAT, () => opened.response)
    const going = store.actions.goOn({ runId: 'run-a', pressedAtMs: 5 })
    expect(server.chatBodies()).toEqual([
      {
        threadId: 'thread',
        parentId: null,
        runId: 'id-1',
        message: { id: 'q1', text: 'Text of q1' },
        continues: 'a',
      },
    ])
    expect(state().messages.at(-1)).toMatchObject({ text: 'Half an', status: 'streaming' })
    expect(state().live).toMatchObject({ begunLength: 7 })
    opened.push(buildFrames({ runId: 'id-1', pieces: ['Half an ans', 'wer.'] }))
    await going
    expect(state().messages).toHaveLength(2)
    expect(state().messages.at(-1)).toMatchObject({ text: 'Half an answer.', status: 'complete' })
    expect(answersOf()).toEqual(['a', 'reply-id-1'])
  })

  it('takes no note of a first paint before its own first text', async () => {
    const { server, store } = setUp()
    const opened = openStreamResponse()
    server.answerOnce(CHAT, () => opened.response)
    server.answerOnce(PAINT, () => new Response(null, { status: 204 }))
    const going = store.actions.goOn({ runId: 'run-a', pressedAtMs: 5 })
    store.actions.notePainted({ runId: 'id-1', paintedAtMs: 6 })
    const frames = buildFrames({ runId: 'id-1', pieces: ['Half an ', 'answer.'] })
    opened.push(frames.slice(0, 4))
    await vi.waitFor(() => expect(selectReply(store.getState(), 'id-1')?.text).toBe('Half an '))
    store.actions.notePainted({ runId: 'id-1', paintedAtMs: 105 })
    expect(server.requestsOf(PAINT).map(({ body }) => body)).toEqual([{ browserTtftMs: 100 }])
    opened.push(frames.slice(4))
    await going
  })

  it('joins from the first part on when the connection is lost before anything new', async () => {
    const { server, store, state } = setUp()
    server.answerOnce(CHAT, () => toStreamResponse([], { end: 'break' }))
    server.answerOnce(RUN, () => stream('id-1', ['Half an', ' answer.']))
    await store.actions.goOn({ runId: 'run-a', pressedAtMs: 5 })
    expect(server.requestsOf(RUN)[0]?.path).toBe('/api/runs/id-1?after=7')
    expect(state().messages.at(-1)).toMatchObject({ text: 'Half an answer.' })
  })

  it('leaves the first one in its place when it is refused, and can be given up', async () => {
    const { server, store, state, idsOf } = setUp()
    server.answerOnce(CHAT, () => toErrorResponse('reply_not_continuable', 409))
    await store.actions.goOn({ runId: 'run-a', pressedAtMs: 5 })
    expect(state().messages.at(-1)).toEqual(cut)
    expect(state().unsent).toMatchObject({ canRecall: false, continuesId: 'a' })
    store.actions.dropUnsent()
    expect(state().unsent).toBeUndefined()
    expect(idsOf()).toEqual(['q1', 'a'])
  })

  it('goes on from the same reply, in the same run, when it is sent again', async () => {
    const { server, store, state } = setUp()
    await store.actions.goOn({ runId: 'run-a', pressedAtMs: 5 })
    expect(state().unsent?.error.code).toBe('app_unreachable')
    server.answerOnce(CHAT, () => stream('id-1', ['Half an', ' answer.']))
    await store.actions.resend()
    const [first, second] = server.chatBodies()
    expect(second).toEqual(first)
    expect(state().messages.at(-1)).toMatchObject({ text: 'Half an answer.' })
  })

  it('does nothing for an answer that is complete', async () => {
    const { server, store } = setUp({ messages: [question('q1'), reply('a')] })
    await store.actions.goOn({ runId: 'run-a', pressedAtMs: 5 })
    expect(server.calls).toEqual([])
  })
})

describe('several answers to one question', () => {
  const both = { a: ['a', 'b'], b: ['a', 'b'] }
  const shown = {
    messages: [question('q1'), reply('b')],
    siblings: both,
  }

  it('shows another one with what came after it, and asks on from there', async () => {
    const { server, store, state, idsOf } = setUp(shown)
    const branch = [question('q1'), reply('a'), question('q2', 'a'), reply('c', { parentId: 'q2' })]
    server.answerOnce(THREAD, () => toBranch(branch, both))
    await store.actions.show({ messageId: 'b', siblingId: 'a' })
    expect(server.calls[0]?.path).toBe('/api/threads/thread?limit=25&through=a')
    expect(idsOf()).toEqual(['q1', 'a', 'q2', 'c'])
    expect(state().chosenId).toBe('a')
    server.answerOnce(CHAT, () => stream('id-2', ['More.']))
    store.actions.setDraft('And then?')
    await store.actions.send({ pressedAtMs: 0 })
    expect(server.chatBodies()[0]).toMatchObject({ parentId: 'c' })
    expect(state().chosenId).toBeUndefined()
  })

  it('puts a new answer last, whichever one it was asked for from', async () => {
    const { server, store, answersOf } = setUp({ ...shown, siblings: { b: ['b', 'x', 'y'] } })
    server.answerOnce(CHAT, () => stream('id-1', ['Another.']))
    await store.actions.retry({ runId: 'run-b', pressedAtMs: 5 })
    expect(answersOf()).toEqual(['b', 'x', 'y', 'reply-id-1'])
  })

  it('carries out the last of several wishes', async () => {
    const { server, store, idsOf } = setUp({ ...shown, siblings: { b: ['a', 'b', 'c'] } })
    const slow = Promise.withResolvers<Response>()
    server.answerOnce(/through=a/, () => slow.promise)
    server.answerOnce(/through=c/, () => toBranch([question('q1'), reply('c')], both))
    const first = store.actions.show({ messageId: 'b', siblingId: 'a' })
    await store.actions.show({ messageId: 'b', siblingId: 'c' })
    slow.resolve(toBranch([question('q1'), reply('a')], both))
    await first
    expect(idsOf()).toEqual(['q1', 'c'])
  })

  it('is not carried out over a question that went out meanwhile', async () => {
    const { server, store, idsOf } = setUp(shown)
    const slow = Promise.withResolvers<Response>()
    server.answerOnce(/through=a/, () => slow.promise)
    const going = store.actions.show({ messageId: 'b', siblingId: 'a' })
    server.answerOnce(CHAT, () => stream('id-2', ['More.']))
    store.actions.setDraft('And then?')
    await store.actions.send({ pressedAtMs: 0 })
    slow.resolve(toBranch([question('q1'), reply('a')], both))
    await going
    expect(idsOf()).toEqual(['q1', 'b', 'id-1', 'reply-id-2'])
  })

  it('says why another one could not be shown, until it can', async () => {
    const { server, store, state, idsOf } = setUp(shown)
    await store.actions.show({ messageId: 'b', siblingId: 'a' })
    expect(state().messageFault).toMatchObject({
      messageId: 'b',
      error: { code: 'app_unreachable' },
    })
    expect(idsOf()).toEqual(['q1', 'b'])
    server.answerOnce(THREAD, () => toBranch([question('q1'), reply('a')], both))
    await store.actions.show({ messageId: 'b', siblingId: 'a' })
    expect(state().messageFault).toBeUndefined()
  })

  it('goes on with one that is being written', async () => {
    const { server, store, state } = setUp(shown)
    const written = reply('a', { text: 'Hel', status: 'streaming' })
    server.answerOnce(THREAD, () => toBranch([question('q1'), written], both))
    server.answerOnce(RUN, () => stream('run-a', ['Hello']))
    await store.actions.show({ messageId: 'b', siblingId: 'a' })
    expect(state().messages.at(-1)).toMatchObject({ text: 'Hello', status: 'complete' })
  })

  it('stays on the shown branch when the page looks again, and learns of new answers', async () => {
    const { server, store, state, idsOf } = setUp(shown)
    const more = { b: ['a', 'b', 'c'] }
    server.answerOnce(/through=b$/, () => toBranch(shown.messages, more))
    await store.actions.refresh()
    expect(idsOf()).toEqual(['q1', 'b'])
    expect(state().siblings).toMatchObject(more)
  })
})

it('shows what is stored when a crash took the last text that had been sent', async () => {
  const written = reply('a', { text: 'Half an answer', status: 'streaming' })
  const { server, store, state } = setUp({ messages: [question('q1'), written] })
  server.answerOnce(RUN, () => stream('run-a', ['Half an']))
  server.answerOnce(THREAD, () => toBranch([question('q1'), cut]))
  await store.actions.join()
  expect(state().messages.at(-1)).toEqual(cut)
  expect(state().live).toBeUndefined()
})

it('puts a question back into the message box, before what stands there', () => {
  const { store, state } = setUp()
  store.actions.setDraft('new')
  store.actions.reuse('q1')
  expect(state().draft).toBe('Text of q1\n\nnew')
  store.actions.reuse('nobody')
  expect(state().draft).toBe('Text of q1\n\nnew')
})

it('stops a run that the server learns of only after Stop was pressed, once it has it', async () => {
  const { server, store, state } = setUp()
  const accept = Promise.withResolvers<Response>()
  server.answerOnce(CHAT, () => accept.promise)
  const going = store.actions.goOn({ runId: 'run-a', pressedAtMs: 0 })
  server.answerOnce(/stop$/, () => toErrorResponse('run_not_found', 404))
  await store.actions.stop()
  expect(state().live).toMatchObject({ isStopping: true, stopError: undefined })
  const stopped = reply('b', { runId: 'id-1', text: 'Half an', status: 'stopped' })
  server.answerOnce(/stop$/, () => toStopResponse(stopped))
  const opened = openStreamResponse()
  accept.resolve(opened.response)
  await vi.waitFor(() => expect(state().messages.at(-1)).toEqual(stopped))
  opened.push(buildFrames({ runId: 'id-1', pieces: ['Half an answer.'] }))
  await going
  expect(state().messages.at(-1)).toEqual(stopped)
  expect(server.requestsOf(/stop$/)).toHaveLength(2)
})
