import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_BATCH_PLAN } from '@/lib/domain/batch'
import {
  get,
  params,
  post,
  type RouteSetup,
  setUpRoutes,
} from '@/lib/server/__fixtures__/route-setup'
import { POST as act } from './[id]/actions/route'
import { POST as read } from './[id]/reading/route'
import { GET as results } from './[id]/results/route'
import { DELETE as remove, GET as show } from './[id]/route'
import { GET as rows } from './[id]/rows/route'
import { GET as summary } from './[id]/summary/route'
import { GET as list, POST as upload } from './route'

let setup: RouteSetup

beforeEach(async () => {
  setup = await setUpRoutes()
})

afterEach(() => setup.end())

const BYTES = { 'content-type': 'application/octet-stream' }

async function uploadText(text: string): Promise<string> {
  const response = await upload(post('/api/batch?name=list.txt', text, BYTES))
  expect(response.status).toBe(201)
  return (await response.json()).batch.id
}

describe('/api/batch', () => {
  it('takes an input, looks it through, asks it and gives the results in each format', async () => {
    const id = await uploadText('first\nsecond\n')
    const path = `/api/batch/${id}`
    const looked = await read(post(`${path}/reading`, { format: 'lines' }), params(id))
    expect(await looked.json()).toMatchObject({ batch: { scan: { rows: 2, badRows: 0 } } })
    const plan = { ...DEFAULT_BATCH_PLAN, concurrency: 1 }
    const body = { action: 'start', plan, isSkippingBad: false }
    expect((await act(post(`${path}/actions`, body), params(id))).status).toBe(200)
    for (const text of ['one', 'two']) {
      const play = await setup.chat.scripted.nextPlay()
      play.push(
        { type: 'text-delta', delta: text, arrivalsMs: [1] },
        { type: 'finish', finishReason: 'stop' },
      )
      play.end()
    }
    await expect
      .poll(async () => (await (await show(get(path), params(id))).json()).batch.state)
      .toBe('complete')
    const shown = await (await rows(get(`${path}/rows?first=0&count=9`), params(id))).json()
    expect(shown.rows).toMatchObject([{ text: 'one' }, { text: 'two' }])
    const csv = await results(get(`${path}/results?format=csv`), params(id))
    expect(csv.headers.get('content-disposition')).toBe(
      'attachment; filename="first-token-batch.csv"',
    )
    expect((await csv.text()).split('\r\n')).toHaveLength(4)
    const openai = await results(get(`${path}/results?format=openai&order=done`), params(id))
    expect((await openai.text()).trimEnd().split('\n')).toHaveLength(2)
    expect(
      await (await summary(get(`${path}/summary?goodput=ttft:9`), params(id))).json(),
    ).toMatchObject({
      completed: 2,
    })
    expect(await (await list(get('/api/batch'))).json()).toMatchObject({
      batches: [{ id, rows: 2 }],
    })
    const gone = new Request(`http://127.0.0.1:3000${path}`, {
      method: 'DELETE',
      headers: { host: '127.0.0.1:3000' },
    })
    expect((await remove(gone, params(id))).status).toBe(204)
    expect((await show(get(path), params(id))).status).toBe(404)
  })

  it.each([
    ['another media type', { 'content-type': 'text/plain' }, 415],
    ['another site', { ...BYTES, origin: 'http://evil.example' }, 403],
    ['another host', { ...BYTES, host: 'evil.example' }, 421],
  ])('refuses an upload from %s', async (_, headers, status) => {
    expect((await upload(post('/api/batch?name=x', 'a', headers))).status).toBe(status)
  })

  it.each([
    { action: 'start' },
    { action: 'dance' },
    { action: 'pause', more: 1 },
    { action: 'start', plan: { ...DEFAULT_BATCH_PLAN, concurrency: 257 }, isSkippingBad: false },
    { action: 'start', plan: { ...DEFAULT_BATCH_PLAN, apiKey: 'x' }, isSkippingBad: false },
  ])('refuses %j', async (body) => {
    const id = await uploadText('a')
    expect((await act(post(`/api/batch/${id}/actions`, body), params(id))).status).toBe(400)
  })

  it('refuses an id that is none, and rows without end', async () => {
    expect((await show(get('/api/batch/..%2f'), params('../etc'))).status).toBe(400)
    const id = await uploadText('a')
    expect((await rows(get(`/api/batch/${id}/rows?first=0&count=501`), params(id))).status).toBe(
      400,
    )
  })
})
