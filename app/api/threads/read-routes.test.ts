import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, collect } from '@/lib/chat/__fixtures__/chat-setup'
import { finish, text } from '@/lib/chat/__fixtures__/scripted-engine'
import {
  get,
  params,
  post,
  type RouteSetup,
  setUpRoutes,
} from '@/lib/server/__fixtures__/route-setup'
import { GET as health } from '../../health/route'
import { GET as ready } from '../../ready/route'
import { POST as paint } from '../messages/[id]/paint/route'
import { GET as readiness } from '../readiness/route'
import { GET as timings } from '../timings/route'
import { GET as thread } from './[id]/route'

let setup: RouteSetup
const THREAD = '3f1f7d3e-9d2c-4e19-8a52-0f0a3a5b7c11'

beforeEach(async () => {
  setup = await setUpRoutes()
})
afterEach(() => setup.end())

async function answer() {
  await setup.chat.runs.start(ask(1, { threadId: THREAD }))
  const play = await setup.chat.scripted.nextPlay()
  play.push(text('answer', 1100), finish())
  play.end()
  await collect(setup.chat.runs)
}

describe('GET /api/threads/[id]', () => {
  it('gives the thread and its messages', async () => {
    await answer()
    const body = await (await thread(get('/x'), params(THREAD))).json()
    expect(body.thread).toMatchObject({ id: THREAD, title: 'text 1' })
    expect(body.messages).toMatchObject([
      { role: 'user', text: 'text 1' },
      { role: 'assistant', text: 'answer', status: 'complete', timing: { ttftMs: 100 } },
    ])
  })

  it('gives the branch through one of several answers, and names those beside it', async () => {
    await answer()
    await setup.chat.runs.start(ask(1, { threadId: THREAD, runId: 'run-b' }))
    const play = await setup.chat.scripted.nextPlay()
    play.push(text('another', 1100), finish())
    play.end()
    await collect(setup.chat.runs, { runId: 'run-b' })
    const [first = '', second = ''] = await Promise.all(
      ['run-1', 'run-b'].map(async (runId) => (await setup.chat.store.loadReply(runId))?.id),
    )
    const newest = await (await thread(get('/x'), params(THREAD))).json()
    expect(newest.messages.at(-1)).toMatchObject({ id: second, text: 'another' })
    expect(newest.siblings).toEqual({ [second]: [first, second] })
    const other = await (await thread(get(`/x?reply=${first}`), params(THREAD))).json()
    expect(other.messages.at(-1)).toMatchObject({ id: first, text: 'answer' })
    expect((await thread(get('/x?reply=no-id'), params(THREAD))).status).toBe(400)
  })

  it('is 404 for a thread that never was', async () => {
    expect((await thread(get('/x'), params(THREAD))).status).toBe(404)
  })
})

describe('POST /api/messages/[id]/paint', () => {
  it('is kept once, beside the timing', async () => {
    await answer()
    const reply = (await setup.chat.store.loadReply('run-1'))?.id ?? ''
    for (const browserTtftMs of [120, 999]) {
      const response = await paint(post('/x', { browserTtftMs }), params(reply))
      expect(response.status).toBe(204)
      expect(await response.text()).toBe('')
    }
    expect((await setup.chat.store.loadReply('run-1'))?.paint).toEqual({ browserTtftMs: 120 })
  })

  it.each([[-1], ['1'], [null], [1e12]])('is 400 for %s', async (browserTtftMs) => {
    expect((await paint(post('/x', { browserTtftMs }), params(THREAD))).status).toBe(400)
  })

  it('is 404 for a message that never was', async () => {
    expect((await paint(post('/x', { browserTtftMs: 1 }), params(THREAD))).status).toBe(404)
  })
})

describe('GET /api/timings', () => {
  it('gives the rows, at most as many as asked for', async () => {
    await answer()
    const { rows } = await (await timings(get('/api/timings'))).json()
    expect(rows).toMatchObject([{ question: 'text 1', timing: { ttftMs: 100 } }])
    for (const limit of ['0', '50001', 'x']) {
      expect((await timings(get(`/api/timings?limit=${limit}`))).status).toBe(400)
    }
  })
})

describe('the probes', () => {
  it('tell readiness to the page, 200 or 503 to a load balancer, and always 200 for the life of the app', async () => {
    const isIn = async () => ({
      page: (await (await readiness(get('/x'))).json()).phase,
      ready: [(await ready(get('/ready'))).status, await (await ready(get('/ready'))).json()],
      health: (await health(get('/health'))).status,
    })
    expect(await isIn()).toEqual({ page: 'ready', ready: [200, { phase: 'ready' }], health: 200 })
    Object.assign(setup.readiness, { phase: 'loading', canSend: false })
    expect(await isIn()).toEqual({
      page: 'loading',
      ready: [503, { phase: 'loading' }],
      health: 200,
    })
  })

  it('answer a load balancer that asks by address', async () => {
    const elsewhere = { host: '10.0.0.9:3000' }
    expect((await health(get('/health', elsewhere))).status).toBe(200)
    expect((await ready(get('/ready', elsewhere))).status).toBe(200)
    expect((await readiness(get('/api/readiness', elsewhere))).status).toBe(421)
  })
})
