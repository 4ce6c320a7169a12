// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react'
import { createRef } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import {
  buildFrames,
  createFakeServer,
  encodeFrames,
  openStreamResponse,
  toErrorResponse,
  toStreamResponse,
} from '@/lib/client/__fixtures__/fake-server'
import { createApiClient } from '@/lib/client/api-client'
import { createThreadStore } from '@/lib/client/create-thread-store'
import { ERROR_CODES, type ErrorCode } from '@/lib/domain/error'
import type { ChatMessage, Reply, ThreadBranch } from '@/lib/domain/message'
import { MessageList } from './message-list'
import { UnsentNote } from './unsent-note'

afterEach(cleanup)

const question: ChatMessage = {
  id: 'q',
  threadId: 'thread',
  parentId: null,
  role: 'user',
  text: 'The question',
  createdAtMs: 1,
}

const reply = (id: string, more: Partial<Reply> = {}): Reply => ({
  id,
  threadId: 'thread',
  parentId: 'q',
  role: 'assistant',
  runId: `run-${id}`,
  text: `Answer ${id}`,
  reasoning: '',
  status: 'complete',
  createdAtMs: 1,
  ...more,
})

function setUp(branch: { messages: ChatMessage[]; siblings?: Record<string, string[]> }) {
  const server = createFakeServer()
  const store = createThreadStore({
    threadId: 'thread',
    ...branch,
    api: createApiClient({ fetch: server.fetch }),
    sleep: async () => {},
  })
  renderPage(
    <>
      <MessageList
        store={store}
        scroller={createRef()}
        canSend
        renderTiming={() => null}
        onFork={() => undefined}
      />
      <UnsentNote store={store} />
    </>,
  )
  return { server, store }
}

const button = (name: string) => screen.queryByRole<HTMLButtonElement>('button', { name })
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))
const isShut = (name: string) => button(name)?.getAttribute('aria-disabled') === 'true'

describe('an answer that was cut', () => {
  it.each<[string, Partial<Reply>, string[]]>([
    ['by its length', { finishReason: 'length' }, ['Continue', 'Regenerate']],
    ['by the reader', { status: 'stopped' }, ['Continue', 'Retry']],
    [
      'by a fault',
      { status: 'interrupted', error: { code: 'engine_died' } },
      ['Continue', 'Retry'],
    ],
    ['before its first word', { status: 'stopped', text: '' }, ['Retry']],
    ['not at all', { finishReason: 'stop' }, ['Regenerate']],
    [
      'by a line that was too large',
      { status: 'failed', error: { code: 'engine_line_too_large' } },
      ['Continue'],
    ],
  ])('%s offers what can be done with it', (_, more, names) => {
    setUp({ messages: [question, reply('a', more)] })
    const offered = ['Continue', 'Retry', 'Regenerate'].filter((name) => button(name) !== null)
    expect(offered).toEqual(names)
  })

  it('is continued in its place, and waits for the new part before it says that text comes', async () => {
    const { server } = setUp({
      messages: [question, reply('a', { status: 'stopped', text: 'Half' })],
    })
    const stream = openStreamResponse()
    server.answerOnce(/chat/, () => stream.response)
    press('Continue')
    await act(async () => {})
    const { runId = '', continues } = server.chatBodies()[0] ?? {}
    expect(continues).toBe('a')
    expect(screen.getByText('Half')).toBeTruthy()
    expect(screen.queryByText(/Generating/)).toBeNull()
    const frames = buildFrames({ runId, pieces: ['Half', ' and whole.'] })
    await act(async () => stream.push(frames.slice(0, 5)))
    await vi.waitFor(() => expect(screen.getByText('Half and whole.')).toBeTruthy())
    expect(screen.getByText(/Generating/)).toBeTruthy()
    await act(async () => stream.push(frames.slice(5)))
    await vi.waitFor(() => expect(button('Regenerate')).not.toBeNull())
    expect(screen.getByRole('group', { name: 'Answer 2 of 2' })).toBeTruthy()
  })
})

describe('several answers to one question', () => {
  const beside = ['a', 'b', 'c']
  const siblings = { a: beside, b: beside, c: beside }
  const load = (id: string) =>
    Response.json({
      thread: { id: 'thread', title: 'x', createdAtMs: 1, updatedAtMs: 1 },
      messages: [question, reply(id)],
      siblings,
    } satisfies ThreadBranch)

  it('are named, and gone through with the keyboard, which keeps its place at both ends', async () => {
    const { server } = setUp({ messages: [question, reply('c')], siblings })
    const group = within(screen.getByRole('group', { name: 'Answer 3 of 3' }))
    expect(group.getByText('3/3')).toBeTruthy()
    expect([isShut('Previous answer'), isShut('Next answer')]).toEqual([false, true])
    server.answerOnce(/through=b/, () => load('b'))
    server.answerOnce(/through=a/, () => load('a'))
    const previous = button('Previous answer')
    previous?.focus()
    press('Previous answer')
    await vi.waitFor(() => expect(screen.getByText('Answer b')).toBeTruthy())
    press('Previous answer')
    await vi.waitFor(() => expect(screen.getByText('Answer a')).toBeTruthy())
    expect(document.activeElement).toBe(previous)
    expect([isShut('Previous answer'), isShut('Next answer')]).toEqual([true, false])
    press('Previous answer')
    expect(server.calls).toHaveLength(2)
  })

  it('show no switch where there is one, and a shut one while something is under way', async () => {
    const { server, store } = setUp({ messages: [question, reply('c')], siblings })
    server.answerOnce(/chat/, () => openStreamResponse().response)
    store.actions.setDraft('More')
    act(() => void store.actions.send({ pressedAtMs: 0 }))
    expect(isShut('Previous answer')).toBe(true)
    cleanup()
    setUp({ messages: [question, reply('c')] })
    expect(button('Previous answer')).toBeNull()
  })

  it('say why another one could not be loaded', async () => {
    setUp({ messages: [question, reply('c')], siblings })
    press('Previous answer')
    await vi.waitFor(() =>
      expect(screen.getByText(/The other branch could not be loaded/)).toBeTruthy(),
    )
    expect(screen.getByText('Answer c')).toBeTruthy()
  })
})

describe('the way on after an error', () => {
  const codes = Object.entries(ERROR_CODES) as [ErrorCode, { retryable: boolean }][]

  it.each(codes)(
    '%s can be retried only where that may help, and leads on otherwise',
    (code, { retryable }) => {
      setUp({ messages: [question, reply('a', { status: 'failed', text: '', error: { code } })] })
      expect(button('Retry') !== null).toBe(retryable)
      const ways = [
        button('Back to the message box'),
        button('Reload the page'),
        screen.queryByRole('link', { name: 'New chat' }),
      ]
      if (!retryable) expect(ways.filter((way) => way !== null).length).toBeGreaterThanOrEqual(1)
    },
  )

  it('puts the question into the message box', () => {
    const error = { code: 'engine_rejected' } as const
    const { store } = setUp({ messages: [question, reply('a', { status: 'failed', error })] })
    press('Back to the message box')
    expect(store.getState().draft).toBe('The question')
  })

  it('gives up a second answer that was refused, and keeps the first', async () => {
    const { server, store } = setUp({ messages: [question, reply('a', { status: 'stopped' })] })
    server.answerOnce(/chat/, () => toErrorResponse('reply_not_continuable', 409))
    press('Continue')
    await vi.waitFor(() => expect(screen.getByText(/nothing to go on from/)).toBeTruthy())
    expect(screen.getByText('Answer a')).toBeTruthy()
    press('Keep the answer as it is')
    expect(store.getState().unsent).toBeUndefined()
    server.answerOnce(/chat/, ({ body }) => {
      const { runId } = body as { runId: string }
      return toStreamResponse([encodeFrames(buildFrames({ runId, pieces: ['Other.'] }))])
    })
    press('Retry')
    await vi.waitFor(() => expect(screen.getByText('Other.')).toBeTruthy())
  })
})
