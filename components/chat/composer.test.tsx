// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { NextIntlClientProvider } from 'next-intl'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import {
  buildFrames,
  createFakeServer,
  encodeFrames,
  openStreamResponse,
  toErrorResponse,
  toStopResponse,
  toStreamResponse,
} from '@/lib/client/__fixtures__/fake-server'
import { createApiClient } from '@/lib/client/api-client'
import { createThreadStore } from '@/lib/client/create-thread-store'
import messages from '@/lib/i18n/messages/en.json'
import { Composer } from './composer'

beforeEach(() => sessionStorage.clear())
afterEach(cleanup)

const SHUT = 'Loading the model'

function setUp({ closedReason, draft }: { closedReason?: string; draft?: string } = {}) {
  const server = createFakeServer()
  const store = createThreadStore({
    threadId: 'thread',
    api: createApiClient({ fetch: server.fetch }),
    ...(draft === undefined ? {} : { draft }),
  })
  const build = (reason: string | undefined) => (
    <NextIntlClientProvider locale="en" messages={messages} timeZone="UTC">
      <Composer store={store} closedReason={reason} random={() => 0} />
    </NextIntlClientProvider>
  )
  const { rerender, unmount } = renderPage(build(closedReason))
  const setReason = (reason: string | undefined) => rerender(build(reason))
  return { server, store, setReason, unmount }
}

const input = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' })
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const type = (value: string) => fireEvent.change(input(), { target: { value } })
const settle = () => act(async () => {})

describe('Composer', () => {
  it('carries the ids that people drive it by', () => {
    setUp()
    expect(input().id).toBe('chat-input')
    expect(button('Send').id).toBe('chat-submit')
  })

  it('sends with Enter and empties itself', async () => {
    const { server } = setUp()
    server.answerOnce(/chat/, () => openStreamResponse().response)
    type('Hi')
    expect(fireEvent.keyDown(input(), { key: 'Enter' })).toBe(false)
    await settle()
    expect(server.chatBodies()).toMatchObject([{ message: { text: 'Hi' } }])
    expect(input().value).toBe('')
  })

  it('sends with its button', async () => {
    const { server } = setUp()
    server.answerOnce(/chat/, () => openStreamResponse().response)
    type('Hi')
    fireEvent.click(button('Send'))
    await settle()
    expect(server.chatBodies()).toHaveLength(1)
  })

  it.each([
    ['Shift+Enter', { key: 'Enter', shiftKey: true }],
    ['Enter in a composition', { key: 'Enter', isComposing: true }],
    ['Enter that ends a composition in Safari', { key: 'Enter', keyCode: 229 }],
    ['another key', { key: 'a' }],
  ])('sends nothing with %s and leaves the key alone', async (_, init) => {
    const { server } = setUp({ draft: '你好' })
    expect(fireEvent.keyDown(input(), init)).toBe(true)
    await settle()
    expect(server.calls).toEqual([])
  })

  it('takes no blank message', () => {
    setUp({ draft: ' \n ' })
    expect(button('Send').disabled).toBe(true)
  })
})

describe('a shut gate', () => {
  it('shuts Send with the reason, makes Enter do nothing, and lets one type', async () => {
    const { server, store } = setUp({ closedReason: SHUT })
    type('Hi')
    expect(button('Send').disabled).toBe(true)
    const reason = document.getElementById(button('Send').getAttribute('aria-describedby') ?? '')
    expect(reason?.textContent).toBe('Sending is off: Loading the model')
    expect(fireEvent.keyDown(input(), { key: 'Enter' })).toBe(false)
    fireEvent.submit(input())
    await settle()
    expect(server.calls).toEqual([])
    expect(store.getState().draft).toBe('Hi')
    expect(input().disabled || input().readOnly).toBe(false)
  })

  it('sends an armed draft by itself when the gate opens', async () => {
    const { server, setReason } = setUp({ closedReason: SHUT, draft: 'Hi' })
    server.answerOnce(/chat/, () => openStreamResponse().response)
    fireEvent.click(button('Send when ready'))
    expect(screen.getByText('Goes out by itself when the engine is ready.')).toBeTruthy()
    setReason(undefined)
    await vi.waitFor(() => expect(server.chatBodies()).toMatchObject([{ message: { text: 'Hi' } }]))
    expect(input().value).toBe('')
  })

  it.each([
    ['cancelled', () => fireEvent.click(button('Cancel'))],
    ['changed', () => type('Hi there')],
  ])('does not send an armed draft that was %s', async (_, undo) => {
    const { store, server, setReason } = setUp({ closedReason: SHUT, draft: 'Hi' })
    fireEvent.click(button('Send when ready'))
    undo()
    setReason(undefined)
    await new Promise((resolve) => setTimeout(resolve))
    expect(store.getState().isArmed).toBe(false)
    expect(server.calls).toEqual([])
  })

  it('does not send an armed draft when the gate shuts again before it goes', async () => {
    const { server, setReason } = setUp({ closedReason: SHUT, draft: 'Hi' })
    fireEvent.click(button('Send when ready'))
    setReason(undefined)
    setReason('Engine died')
    await new Promise((resolve) => setTimeout(resolve))
    expect(server.calls).toEqual([])
  })

  it('arms no empty draft', () => {
    setUp({ closedReason: SHUT })
    expect(button('Send when ready').disabled).toBe(true)
  })

  it('gives the text back with the reason when the server refuses it', async () => {
    const { server } = setUp({ draft: 'Hi' })
    server.answerOnce(/chat/, () => toErrorResponse('engine_not_ready', 503))
    fireEvent.keyDown(input(), { key: 'Enter' })
    await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Not sent'))
    expect(screen.getByRole('alert').textContent).toContain('The engine is not ready.')
    expect(input().value).toBe('Hi')
    fireEvent.click(button('Dismiss'))
    expect(screen.getByRole('alert').textContent).toBe('')
  })
})

describe('a question that was not sent', () => {
  it('is sent or taken back before the next one, and the message box says so', async () => {
    const { server, store } = setUp({ draft: 'Hi' })
    fireEvent.keyDown(input(), { key: 'Enter' })
    await vi.waitFor(() => expect(store.getState().unsent).toBeDefined())
    await settle()
    type('Next')
    const reason = document.getElementById(button('Send').getAttribute('aria-describedby') ?? '')
    expect(reason?.textContent).toContain('was not sent yet')
    fireEvent.keyDown(input(), { key: 'Enter' })
    await settle()
    expect(server.chatBodies()).toHaveLength(1)
    act(() => store.actions.recall())
    expect(input().value).toBe('Hi\n\nNext')
    expect(button('Send').disabled).toBe(false)
  })
})

describe('Stop', () => {
  it('stands in the place of Send while an answer runs, and ends it', async () => {
    const { server, store } = setUp({ draft: 'Hi' })
    server.answerOnce(/chat/, () => openStreamResponse().response)
    fireEvent.keyDown(input(), { key: 'Enter' })
    await settle()
    expect(screen.queryByRole('button', { name: 'Send' })).toBeNull()
    const stopped = Promise.withResolvers<Response>()
    server.answerOnce(/stop/, () => stopped.promise)
    const reply = store.getState().messages.at(-1)
    if (reply?.role !== 'assistant') throw new Error('no reply')
    expect(button('Stop the answer').id).toBe('stop-button')
    fireEvent.click(button('Stop the answer'))
    expect(button('Stopping…').disabled).toBe(true)
    stopped.resolve(toStopResponse({ ...reply, status: 'stopped' }))
    await vi.waitFor(() => expect(button('Send')).toBeTruthy())
    expect(server.calls.at(-1)?.path).toBe(`/api/runs/${reply.runId}/stop`)
  })

  it('lets one follow-up wait for the end: shown, taken back, and no second one', async () => {
    const { server, store } = setUp({ draft: 'Hi' })
    server.answerOnce(/chat/, () => openStreamResponse().response)
    fireEvent.keyDown(input(), { key: 'Enter' })
    expect(screen.queryByRole('button', { name: 'Queue' })).toBeNull()
    type('Next')
    expect(screen.getByRole('button', { name: 'Queue' })).toBeTruthy()
    fireEvent.keyDown(input(), { key: 'Enter' })
    await settle()
    expect(server.chatBodies()).toHaveLength(1)
    expect(input().value).toBe('')
    const note = await screen.findByRole('region', { name: 'Queued message' })
    expect(note.textContent).toContain('Next')
    type('And one more')
    fireEvent.keyDown(input(), { key: 'Enter' })
    expect(input().value).toBe('And one more')
    fireEvent.click(button('Take back'))
    expect(input().value).toBe('Next\n\nAnd one more')
    expect(store.getState().queued).toBeUndefined()
  })
})

describe('a draft', () => {
  it('is there again when the page is', () => {
    const { unmount } = setUp()
    type('Half a thought')
    unmount()
    setUp()
    expect(input().value).toBe('Half a thought')
  })

  it('is forgotten when it was sent', async () => {
    const { server, unmount, store } = setUp({ draft: 'Hi' })
    const frames = encodeFrames(buildFrames({ runId: 'run', pieces: ['Hello'] }))
    server.answerOnce(/chat/, () => toStreamResponse([frames]))
    fireEvent.keyDown(input(), { key: 'Enter' })
    await vi.waitFor(() => expect(store.getState().lastEnd?.status).toBe('complete'))
    unmount()
    setUp()
    expect(input().value).toBe('')
  })

  it('does not push aside a text that the address brought', () => {
    sessionStorage.setItem('first-token.draft.new', 'old')
    setUp({ draft: 'from the address' })
    expect(input().value).toBe('from the address')
  })
})
