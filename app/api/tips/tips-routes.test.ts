import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { get, post, type RouteSetup, setUpRoutes } from '@/lib/server/__fixtures__/route-setup'
import { GET as compare } from './comparison/route'
import { GET as state } from './route'
import { POST as start } from './runs/route'
import { POST as stop } from './runs/stop/route'

let setup: RouteSetup

beforeEach(async () => {
  setup = await setUpRoutes()
})
afterEach(() => setup.end())

describe('the routes of the tips', () => {
  it('tell of seven tips, and that nothing was recorded', async () => {
    const response = await state(get('/api/tips'))
    const { cards, labels } = await response.json()
    expect([response.status, cards.length, labels]).toEqual([200, 7, []])
    expect(await (await compare(get('/api/tips/comparison?before=a&after=b'))).json()).toEqual({})
  })

  it('begin a run and cancel it', async () => {
    const begun = await start(post('/api/tips/runs', { label: 'before', measurements: ['batch'] }))
    expect([begun.status, (await begun.json()).run.label]).toEqual([202, 'before'])
    const second = await start(post('/api/tips/runs', { label: 'x', measurements: ['batch'] }))
    expect([second.status, (await second.json()).error.code]).toEqual([409, 'measurement_active'])
    expect((await stop(post('/api/tips/runs/stop', {}))).status).toBe(200)
    await expect
      .poll(async () => (await (await state(get('/api/tips'))).json()).last?.outcome)
      .toBe('cancelled')
  })

  it.each([
    { label: '../x', measurements: ['batch'] },
    { label: 'x', measurements: [] },
    { label: 'x', measurements: ['speed'] },
    { label: 'x' },
    { label: 'x', measurements: ['batch'], command: 'vllm serve' },
  ])('refuse %j', async (body) => {
    expect((await start(post('/api/tips/runs', body))).status).toBe(400)
  })
})
