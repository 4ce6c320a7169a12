import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask } from '@/lib/chat/__fixtures__/chat-setup'
import { finish, text } from '@/lib/chat/__fixtures__/scripted-engine'
import type { ThreadEvent } from '@/lib/domain/thread-event'
import {
  get,
  params,
  post,
  type RouteSetup,
  setUpRoutes,
} from '@/lib/server/__fixtures__/route-setup'
import { POST as chat } from '../chat/route'
import { GET as events } from '../events/route'
import { POST as edit } from '../messages/[id]/edit/route'
import { GET as timings } from '../timings/route'
import { POST as fork } from './[id]/fork/route'
import { POST as restore } from './[id]/restore/route'
import { PATCH as change, DELETE as remove, GET as thread } from './[id]/route'
import { GET as list } from './route'

let setup: RouteSetup
const THREAD = '3f1f7d3e-9d2c-4e19-8a52-0f0a3a5b7c11'
const NEW_ID = '7f1f7d3e-9d2c-4e19-8a52-0f0a3a5b7c12'

beforeEach(async () => {
  setup = await setUpRoutes()
})
afterEach(() => setup.end())

const send = (method: string, body: unknown = {}) =>
  new Request('http://127.0.0.1:3000/x', {
    method,
    headers: { host: '127.0.0.1:3000', 'content-type': 'application/json' },
    ...(method === 'DELETE' ? {} : { body: JSON.stringify(body) }),
  })

const question = { id: crypto.randomUUID(), text: 'What now?' }
const request = (more: object = {}) => ({
  ...ask(1, { threadId: THREAD, runId: crypto.randomUUID(), message: question }),
  ...more,
})

async function answer(more: object = {}) {
  const body = request(more)
  const response = await chat(post('/api/chat', body))
  expect(response.status).toBe(200)
  const play = await setup.chat.scripted.nextPlay()
  play.push(text('answer', 1100), finish())
  play.end()
  await response.text()
  return (await setup.chat.store.loadReply(body.runId))?.id ?? ''
}

const listed = async (query = '') =>
  (await (await list(get(`/api/threads${query}`))).json()).threads

describe('/api/threads', () => {
  it('lists, renames, pins, archives, deletes and restores', async () => {
    await answer()
    expect(await listed()).toMatchObject([{ id: THREAD, title: 'What now?', isRunning: false }])
    const changed = await change(send('PATCH', { title: ' New ', isPinned: true }), params(THREAD))
    expect(await changed.json()).toMatchObject({ thread: { title: 'New', isPinned: true } })
    await change(send('PATCH', { isArchived: true }), params(THREAD))
    expect(await listed()).toEqual([])
    expect(await listed('?archived=true')).toMatchObject([{ id: THREAD }])
    expect((await remove(send('DELETE'), params(THREAD))).status).toBe(204)
    expect(await listed('?archived=true')).toEqual([])
    expect((await remove(send('DELETE'), params(THREAD))).status).toBe(404)
    const restored = await restore(send('POST'), params(THREAD))
    expect(await restored.json()).toMatchObject({ thread: { id: THREAD, isArchived: true } })
  })

  it('tells the second of two who renamed what they had both seen', async () => {
    await answer()
    const [{ updatedAtMs: ifUpdatedAtMs }] = await listed()
    const rename = async (title: string) =>
      (await change(send('PATCH', { title, ifUpdatedAtMs }), params(THREAD))).json()
    expect(await rename('A')).not.toHaveProperty('isOverwriting')
    expect(await rename('B')).toMatchObject({ thread: { title: 'B' }, isOverwriting: true })
  })

  it.each([
    ['PATCH', {}],
    ['PATCH', { ifUpdatedAtMs: 1 }],
    ['PATCH', { title: ' ' }],
    ['PATCH', { title: 'x'.repeat(201) }],
    ['PATCH', { id: 'x' }],
  ])('is 400 for a %s of %j', async (method, body) => {
    expect((await change(send(method, body), params(THREAD))).status).toBe(400)
  })

  it.each(['?limit=0', '?limit=201', '?archived=1'])('is 400 for %s', async (query) => {
    expect((await list(get(`/api/threads${query}`))).status).toBe(400)
  })

  it('stops the run of a thread that is deleted', async () => {
    const response = await chat(post('/api/chat', request()))
    const play = await setup.chat.scripted.nextPlay()
    play.push(text('half', 1100))
    expect((await remove(send('DELETE'), params(THREAD))).status).toBe(204)
    await play.closed
    await response.text()
    expect(setup.chat.runs.activeCount()).toBe(0)
    await restore(send('POST'), params(THREAD))
    const loaded = await (await thread(get('/x'), params(THREAD))).json()
    expect(loaded.messages[1]).toMatchObject({ text: 'half', status: 'stopped' })
  })

  it('gives a branch page by page', async () => {
    const first = await answer()
    const message = { id: crypto.randomUUID(), text: 'And then?' }
    const second = await answer({ parentId: first, message })
    const load = async (query: string) => (await thread(get(`/x?${query}`), params(THREAD))).json()
    const last = await load('limit=2')
    expect(last).toMatchObject({ hasEarlier: true, messages: [{ id: message.id }, { id: second }] })
    expect(await load(`limit=2&before=${message.id}`)).toMatchObject({
      hasEarlier: false,
      messages: [{ id: question.id }, { id: first }],
    })
    expect((await load(`limit=5&through=${first}`)).messages).toHaveLength(4)
  })
})

describe('edits and forks', () => {
  it('make an answer beside the edited one, once', async () => {
    const first = await answer()
    const send = (body: object) => edit(post('/x', body), params(first))
    const made = await send({ id: NEW_ID, text: 'Mine.' })
    expect(made.status).toBe(201)
    const { reply } = await made.json()
    expect(reply).toMatchObject({ id: NEW_ID, text: 'Mine.', editedFromId: first })
    expect(await (await send({ id: NEW_ID, text: 'Mine.' })).json()).toEqual({ reply })
    expect((await send({ id: NEW_ID, text: 'Other.' })).status).toBe(409)
    expect((await send({ id: NEW_ID, text: ' ' })).status).toBe(400)
  })

  it('send the edited branch and nothing else', async () => {
    const first = await answer()
    await edit(post('/x', { id: NEW_ID, text: 'Mine.' }), params(first))
    const message = { id: crypto.randomUUID(), text: 'And then?' }
    await answer({ parentId: NEW_ID, message })
    expect(setup.chat.scripted.plays.at(-1)?.request.messages).toEqual([
      { role: 'system', content: 'SYSTEM' },
      { role: 'user', content: question.text },
      { role: 'assistant', content: 'Mine.' },
      { role: 'user', content: 'And then?' },
    ])
  })

  it('of a question stand beside it, at the root too, and send their own text alone', async () => {
    await answer()
    const other = { id: crypto.randomUUID(), text: 'What else?' }
    await answer({ message: other })
    expect(setup.chat.scripted.plays.at(-1)?.request.messages.slice(1)).toEqual([
      { role: 'user', content: 'What else?' },
    ])
    const loaded = await (await thread(get('/x'), params(THREAD))).json()
    expect(loaded.siblings).toEqual({ [other.id]: [question.id, other.id] })
  })

  it('make a thread of its own', async () => {
    const first = await answer()
    const made = await fork(post('/x', { messageId: first, id: NEW_ID }), params(THREAD))
    expect(made.status).toBe(201)
    expect(await made.json()).toMatchObject({ thread: { id: NEW_ID, title: 'What now?' } })
    expect(await listed()).toHaveLength(2)
  })
})

describe('a temporary thread', () => {
  const isTemporary = true

  it('can be talked in, and is in no list and in no file', async () => {
    const first = await answer({ isTemporary })
    const message = { id: crypto.randomUUID(), text: 'And then?' }
    await answer({ isTemporary, parentId: first, message })
    expect(setup.chat.scripted.plays.at(-1)?.request.messages).toHaveLength(4)
    const loaded = await (await thread(get('/x'), params(THREAD))).json()
    expect(loaded.messages).toHaveLength(4)
    expect(await listed()).toEqual([])
    expect((await (await timings(get('/api/timings'))).json()).rows).toEqual([])
    const { db } = setup.chat.kept
    for (const table of ['threads', 'messages', 'timings', 'records', 'upstream_calls'] as const) {
      expect(await db.selectFrom(table).selectAll().execute(), table).toEqual([])
    }
  })

  it('can be edited, forked into another temporary one, and is gone when it is deleted', async () => {
    const first = await answer({ isTemporary })
    expect((await edit(post('/x', { id: NEW_ID, text: 'Mine.' }), params(first))).status).toBe(201)
    const made = await fork(post('/x', { messageId: NEW_ID, id: NEW_ID }), params(THREAD))
    expect(made.status).toBe(201)
    expect(await listed()).toEqual([])
    expect((await remove(send('DELETE'), params(THREAD))).status).toBe(204)
    expect((await thread(get('/x'), params(THREAD))).status).toBe(404)
    expect((await restore(send('POST'), params(THREAD))).status).toBe(404)
    expect((await thread(get('/x'), params(NEW_ID))).status).toBe(200)
  })

  it('cannot take the place of a kept one', async () => {
    await answer()
    const body = request({ isTemporary, message: { id: crypto.randomUUID(), text: 'x' } })
    expect((await chat(post('/api/chat', body))).status).toBe(409)
    expect((await (await thread(get('/x'), params(THREAD))).json()).messages).toHaveLength(2)
  })
})

describe('GET /api/events', () => {
  async function listen() {
    const stop = new AbortController()
    const response = await events(new Request(get('/api/events'), { signal: stop.signal }))
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let buffer = ''
    return {
      response,
      stop: () => stop.abort(),
      async next(): Promise<ThreadEvent | undefined> {
        for (;;) {
          const at = buffer.indexOf('\n\n')
          if (at !== -1) {
            const event = buffer.slice(0, at)
            buffer = buffer.slice(at + 2)
            if (event.startsWith('data: ')) return JSON.parse(event.slice(6))
            continue
          }
          const { done, value } = (await reader?.read()) ?? {}
          if (done !== false) return undefined
          buffer += value
        }
      },
    }
  }

  it('tells another page of each change, and ends with its reader', async () => {
    const page = await listen()
    expect(page.response.headers.get('content-type')).toBe('text/event-stream')
    const replyId = await answer()
    const seen = [await page.next(), await page.next(), await page.next(), await page.next()]
    expect(seen).toMatchObject([
      { type: 'message-added', threadId: THREAD, messageId: question.id, role: 'user' },
      { type: 'message-added', threadId: THREAD, messageId: replyId, role: 'assistant' },
      { type: 'thread-changed', thread: { id: THREAD, isRunning: true } },
      { type: 'thread-changed', thread: { id: THREAD, isRunning: false } },
    ])
    const ifUpdatedAtMs = 0
    await change(send('PATCH', { title: 'A', ifUpdatedAtMs }), params(THREAD))
    await change(send('PATCH', { title: 'B', ifUpdatedAtMs }), params(THREAD))
    expect(await page.next()).not.toHaveProperty('isOverwriting')
    expect(await page.next()).toMatchObject({ thread: { title: 'B' }, isOverwriting: true })
    await remove(send('DELETE'), params(THREAD))
    expect(await page.next()).toEqual({ type: 'thread-deleted', threadId: THREAD })
    page.stop()
    expect(await page.next()).toBeUndefined()
  })

  it('says nothing of a temporary thread', async () => {
    const page = await listen()
    await answer({ isTemporary: true })
    await remove(send('DELETE'), params(THREAD))
    await answer({ threadId: NEW_ID, message: { id: crypto.randomUUID(), text: 'x' } })
    expect(await page.next()).toMatchObject({ threadId: NEW_ID })
  })
})
