import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { finish, sent, text } from '@/lib/chat/__fixtures__/scripted-engine'
import { AppError } from '@/lib/domain/error'
import type { ChatRequest, StreamChunk } from '@/lib/domain/stream-chunk'
import {
  get,
  params,
  post,
  type RouteSetup,
  setUpRoutes,
} from '@/lib/server/__fixtures__/route-setup'
import { GET as follow } from '../runs/[id]/route'
import { POST as stop } from '../runs/[id]/stop/route'
import { POST as ask } from './route'

let setup: RouteSetup
const id = () => crypto.randomUUID()

beforeEach(async () => {
  setup = await setUpRoutes()
})
afterEach(async () => {
  await setup.end()
  expect(setup.chat.scripted.state.open).toBe(0)
})

const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  threadId: id(),
  parentId: null,
  runId: id(),
  message: { id: id(), text: 'Hello' },
  ...more,
})

const chunksOf = (stream: string): StreamChunk[] =>
  [...stream.matchAll(/^data: (\{.*\})$/gm)].map(([, json]) => JSON.parse(json ?? ''))

const textOf = (stream: string) =>
  chunksOf(stream)
    .map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : ''))
    .join('')

async function startAnswer(body = request()) {
  const response = await ask(post('/api/chat', body))
  return { body, response, play: await setup.chat.scripted.nextPlay() }
}

describe('POST /api/chat', () => {
  it('goes on from a cut answer, and streams the whole text', async () => {
    const first = await startAnswer()
    first.play.push(text('Half an', 1100), finish({ finishReason: 'length' }))
    first.play.end()
    const [start] = chunksOf(await first.response.text())
    const continues = start?.type === 'start' ? start.messageId : ''
    const body = { ...first.body, runId: id(), continues }
    const { response, play } = await startAnswer(body)
    play.push(text(' answer', 1100), finish())
    play.end()
    expect(textOf(await response.text())).toBe('Half an answer')
    const again = await ask(post('/api/chat', { ...body, runId: id(), continues: id() }))
    expect(again.status).toBe(404)
    const complete = await setup.chat.store.loadReply(body.runId)
    const refused = await ask(post('/api/chat', { ...body, runId: id(), continues: complete?.id }))
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ error: { code: 'reply_not_continuable' } })
  })

  it('streams the answer as the UI message protocol, to its [DONE]', async () => {
    const { response, play, body } = await startAnswer()
    play.push(sent(1000), text('Hel', 1100), text('lo', 1200), finish())
    play.end()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1')
    expect(response.headers.get('cache-control')).toBe('no-cache, no-store, no-transform')
    const stream = await response.text()
    expect(textOf(stream)).toBe('Hello')
    expect(stream.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(chunksOf(stream)[0]).toMatchObject({
      type: 'start',
      messageMetadata: { runId: body.runId, threadId: body.threadId, parentId: body.message.id },
    })
  })

  it.each(['loading', 'dead'])(
    'is 503 with the phase while the engine is %s, and asks it nothing',
    async (phase) => {
      setup.chat.monitor.phase = phase
      const response = await ask(post('/api/chat', request()))
      expect(response.status).toBe(503)
      expect(await response.json()).toMatchObject({
        error: { code: 'engine_not_ready', details: { phase } },
      })
      expect(setup.chat.scripted.plays).toEqual([])
    },
  )

  it('is one answer however often the same question comes', async () => {
    const { body, response, play } = await startAnswer()
    const again = await ask(post('/api/chat', body))
    play.push(text('once'), finish())
    play.end()
    expect(textOf(await response.text())).toBe('once')
    expect(textOf(await again.text())).toBe('once')
    expect(setup.chat.scripted.plays).toHaveLength(1)
  })

  it('is 409 for another text under the same id', async () => {
    const { body } = await startAnswer()
    const changed = { ...body, message: { ...body.message, text: 'changed' } }
    const response = await ask(post('/api/chat', changed))
    expect(response.status).toBe(409)
    expect((await response.json()).error.code).toBe('message_conflict')
  })

  it('keeps half a surrogate pair from making a text that is never the same again', async () => {
    const { body, play } = await startAnswer(request({ message: { id: id(), text: 'a\ud800b' } }))
    expect((await ask(post('/api/chat', body))).status).toBe(200)
    expect(play.request.messages.at(-1)?.content).toBe('a\ufffdb')
  })

  it.each<[string, unknown]>([
    ['blank text', request({ message: { id: id(), text: ' \n' } })],
    ['an id that is none', request({ runId: '../x' })],
    ['sampling from the page', { ...request(), sampling: { n: 10_000 } }],
    ['a history from the page', { ...request(), messages: [] }],
    ['a template', { ...request(), chat_template: '{{ }}' }],
  ])('is 400 for %s', async (_, body) => {
    expect((await ask(post('/api/chat', body))).status).toBe(400)
    expect(setup.chat.scripted.plays).toEqual([])
  })

  it('goes on when the page closes, and is whole for the one who comes back', async () => {
    const { body, response, play } = await startAnswer()
    play.push(text('half'))
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect(setup.chat.runs.activeCount()).toBe(1)
    play.push(text(' and half'), finish())
    play.end()
    await play.closed
    const back = await follow(get(`/api/runs/${body.runId}?after=4`), params(body.runId))
    expect(textOf(await back.text())).toBe(' and half')
  })

  it('tells an error in the middle with the text before it kept', async () => {
    const { response, play } = await startAnswer()
    play.push(text('half'))
    play.fail(new AppError('engine_died'))
    const chunks = chunksOf(await response.text())
    expect(chunks.at(-1)).toMatchObject({
      type: 'finish',
      messageMetadata: { status: 'interrupted', error: { code: 'engine_died' } },
    })
  })
})

describe('GET /api/runs/[id]', () => {
  it('goes on after `after`, and Last-Event-ID is newer than it', async () => {
    const { body, play } = await startAnswer()
    play.push(text('0123456789'), finish())
    play.end()
    const read = async (query: string, headers = {}) => {
      const path = `/api/runs/${body.runId}${query}`
      return textOf(await (await follow(get(path, headers), params(body.runId))).text())
    }
    expect(await read('')).toBe('0123456789')
    expect(await read('?after=4')).toBe('456789')
    expect(await read('?after=4', { 'last-event-id': '7' })).toBe('789')
    expect(await read('?after=4', { 'last-event-id': 'junk' })).toBe('456789')
    expect(await read('?after=99')).toBe('')
  })

  it.each(['-1', '1.5', 'x', 'NaN', '1e400'])('is 400 for after=%s', async (after) => {
    const runId = id()
    const response = await follow(get(`/api/runs/${runId}?after=${after}`), params(runId))
    expect(response.status).toBe(400)
  })

  it('is 404 for a run that never was', async () => {
    const runId = id()
    const response = await follow(get(`/api/runs/${runId}`), params(runId))
    expect(response.status).toBe(404)
    expect((await response.json()).error.code).toBe('run_not_found')
  })
})

describe('POST /api/runs/[id]/stop', () => {
  it('answers with the stored reply when the engine has let go', async () => {
    const { body, response, play } = await startAnswer()
    play.push(text('half'))
    await setup.chat.tick()
    const stopped = await stop(post(`/api/runs/${body.runId}/stop`, {}), params(body.runId))
    expect(setup.chat.scripted.state.open).toBe(0)
    expect(await stopped.json()).toMatchObject({ reply: { status: 'stopped', text: 'half' } })
    expect(chunksOf(await response.text()).map(({ type }) => type)).toContain('abort')
  })

  it('cannot be sent by another site', async () => {
    const { body } = await startAnswer()
    const evil = { origin: 'http://evil.example' }
    const response = await stop(post('/x', {}, evil), params(body.runId))
    expect(response.status).toBe(403)
    expect(setup.chat.runs.activeCount()).toBe(1)
  })
})
