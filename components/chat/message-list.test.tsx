// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react'
import { createRef } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import {
  buildFrames,
  createFakeServer,
  openStreamResponse,
  toErrorResponse,
} from '@/lib/client/__fixtures__/fake-server'
import { createApiClient } from '@/lib/client/api-client'
import { createThreadStore } from '@/lib/client/create-thread-store'
import type { ChatMessage, Question, Reply } from '@/lib/domain/message'
import { EndAnnouncer } from './end-announcer'
import { MessageList } from './message-list'
import { UnsentNote } from './unsent-note'

afterEach(cleanup)

function question(id: string): Question {
  const base = { threadId: 'thread', parentId: null, createdAtMs: 1 }
  return { ...base, id, role: 'user', text: `Question ${id}` }
}

function reply(id: string, more: Partial<Reply> = {}): Reply {
  const base = { threadId: 'thread', reasoning: '', createdAtMs: 1, parentId: id }
  const own = { id: `reply-${id}`, runId: `run-${id}`, text: `Answer ${id}` }
  return { ...base, ...own, role: 'assistant', status: 'complete', ...more }
}

function setUp(messages: ChatMessage[], { canSend = true } = {}) {
  const server = createFakeServer()
  const store = createThreadStore({
    threadId: 'thread',
    messages,
    api: createApiClient({ fetch: server.fetch }),
    sleep: async () => {},
  })
  renderPage(
    <>
      <MessageList
        store={store}
        scroller={createRef()}
        canSend={canSend}
        renderTiming={({ id }) => <span>timing of {id}</span>}
        onFork={() => undefined}
      />
      <UnsentNote store={store} />
      <EndAnnouncer store={store} />
    </>,
  )
  return { server, store }
}

const answers = () => screen.getAllByRole('article', { name: 'Answer' })
const settle = () => act(async () => {})

describe('the messages of a thread', () => {
  it('shows the newest 25 first and earlier ones when asked', () => {
    const many = Array.from({ length: 40 }, (_, at) => [
      { ...question(`${at}`), parentId: at === 0 ? null : `reply-${at - 1}` },
      reply(`${at}`),
    ]).flat()
    setUp(many)
    expect(screen.getAllByRole('article')).toHaveLength(25)
    fireEvent.click(screen.getByRole('button', { name: 'Show 50 earlier messages' }))
    expect(screen.getAllByRole('article')).toHaveLength(75)
    fireEvent.click(screen.getByRole('button', { name: 'Show 5 earlier messages' }))
    expect(screen.getAllByRole('article')).toHaveLength(80)
    expect(screen.queryByRole('button', { name: /earlier/ })).toBeNull()
  })

  it('shows all from a message on that was looked for', async () => {
    const many = Array.from({ length: 40 }, (_, at) => [
      { ...question(`${at}`), parentId: at === 0 ? null : `reply-${at - 1}` },
      reply(`${at}`),
    ]).flat()
    const { store } = setUp(many)
    await act(async () => void (await store.actions.reach('reply-9')))
    expect(screen.getByText('Answer 9')).toBeTruthy()
    expect(screen.getAllByRole('article')).toHaveLength(61)
  })

  it('puts the timing and a copy button under each answer, and offers another one for a complete one', () => {
    setUp([question('a'), reply('a')])
    const [answer] = answers()
    const under = within(answer ?? document.body)
    expect(under.getByText('timing of reply-a')).toBeTruthy()
    expect(under.getByRole('button', { name: 'Copy answer' })).toBeTruthy()
    expect(under.queryByRole('button', { name: 'Retry' })).toBeNull()
    expect(under.getByRole('button', { name: 'Regenerate' })).toBeTruthy()
  })

  it.each([
    [{ status: 'stopped' as const }, 'Stopped by you.'],
    [{ status: 'interrupted' as const }, 'The answer was cut off; what had arrived is kept.'],
    [
      { status: 'failed' as const, error: { code: 'engine_failed' as const } },
      'The engine failed on this request.',
    ],
  ])('says how an answer ended and lets one retry it: %o', (more, sentence) => {
    setUp([question('a'), reply('a', more)])
    expect(screen.getByText(sentence)).toBeTruthy()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Retry' }).disabled).toBe(false)
  })

  it.each([
    [{ finishReason: 'length' as const }, 'The answer reached its length limit.'],
    [{ text: '' }, 'The engine ended the answer without a word.'],
  ])('says what is odd about a complete answer: %o', (more, sentence) => {
    setUp([question('a'), reply('a', more)])
    expect(screen.getByText(sentence)).toBeTruthy()
  })

  it('retries the newest answer only, and none while the gate is shut', () => {
    const stopped = { status: 'stopped' as const }
    const second = { ...question('b'), parentId: 'reply-a' }
    setUp([question('a'), reply('a', stopped), second, reply('b', stopped)], {
      canSend: false,
    })
    const buttons = screen.getAllByRole<HTMLButtonElement>('button', { name: 'Retry' })
    expect(buttons).toHaveLength(1)
    expect(buttons[0]?.disabled).toBe(true)
  })

  it('keeps reasoning apart, folded', () => {
    setUp([question('a'), reply('a', { reasoning: 'Let me think.' })])
    const details = screen.getByText('Let me think.').closest('details')
    expect(details?.open).toBe(false)
  })
})

describe('an answer that is written', () => {
  it('names what is waited for, shows text as it comes, and tells a screen reader of the end only', async () => {
    const { server, store } = setUp([question('a'), reply('a')])
    const stream = openStreamResponse()
    server.answerOnce(/chat/, () => stream.response)
    store.actions.setDraft('More')
    act(() => void store.actions.send({ pressedAtMs: performance.now() }))
    expect(screen.getByText('Sending')).toBeTruthy()
    const progress = { stage: 'queued', aheadRequests: 7 } as const
    stream.push([{ id: 0, chunk: { type: 'data-progress', data: progress, transient: true } }])
    await vi.waitFor(() => expect(screen.getByText(/Waiting in queue behind 7/)).toBeTruthy())
    stream.push([
      { id: 0, chunk: { type: 'data-progress', data: { stage: 'prefill' }, transient: true } },
    ])
    await vi.waitFor(() => expect(screen.getByText(/Reading prompt/)).toBeTruthy())

    const { runId } = store.getState().live ?? { runId: '' }
    const frames = buildFrames({ runId, pieces: ['Some ', 'words.'] })
    stream.push(frames.slice(0, 4))
    await vi.waitFor(() => expect(screen.getByText('Some')).toBeTruthy())
    expect(screen.getByText(/Generating/)).toBeTruthy()
    expect(screen.getAllByRole('status').map((each) => each.textContent)).not.toContain('Some')
    stream.push(frames.slice(4))
    await vi.waitFor(() => expect(screen.getByText('Answer complete.')).toBeTruthy())
    expect(screen.getByText('Some words.')).toBeTruthy()
    expect(screen.queryByText(/Generating/)).toBeNull()
  })

  it('measures the first paint once and sends it', async () => {
    const { server, store } = setUp([question('a'), reply('a')])
    const stream = openStreamResponse()
    server.answerOnce(/chat/, () => stream.response)
    server.answerOnce(/paint/, () => new Response(null, { status: 204 }))
    store.actions.setDraft('More')
    act(() => void store.actions.send({ pressedAtMs: performance.now() }))
    await settle()
    const { runId } = store.getState().live ?? { runId: '' }
    stream.push(buildFrames({ runId, pieces: ['Some ', 'words.'] }))
    await vi.waitFor(() => expect(server.requestsOf(/paint/)).toHaveLength(1))
    expect(server.requestsOf(/paint/)[0]?.body).toEqual({ browserTtftMs: expect.any(Number) })
    const last = store.getState().messages.at(-1)
    expect(last?.role === 'assistant' && last.paint?.browserTtftMs).toBeGreaterThan(0)
  })
})

describe('a question that was not sent', () => {
  it('is marked, and goes out again or back to the message box', async () => {
    const { server, store } = setUp([question('a'), reply('a')])
    store.actions.setDraft('More')
    await act(() => store.actions.send({ pressedAtMs: 0 }))
    expect(screen.getByText(/Not sent/).textContent).toContain(
      'The server of this page does not answer.',
    )
    server.answerOnce(/chat/, () => toErrorResponse('server_stopping', 503))
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await vi.waitFor(() => expect(screen.getByText(/was stopped while/)).toBeTruthy())
    fireEvent.click(screen.getByRole('button', { name: 'Back to the message box' }))
    expect(store.getState().draft).toBe('More')
    expect(screen.queryByText(/Not sent/)).toBeNull()
  })
})
