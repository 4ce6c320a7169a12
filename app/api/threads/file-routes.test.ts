import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  get,
  params,
  post,
  type RouteSetup,
  setUpRoutes,
} from '@/lib/server/__fixtures__/route-setup'
import { GET as exportAll } from '../export/route'
import { POST as importFile } from '../import/route'
import { GET as search } from '../search/route'
import { GET as exportThread } from './[id]/export/route'
import { DELETE as revoke } from './[id]/shares/[shareId]/route'
import { POST as share, GET as shares } from './[id]/shares/route'

let setup: RouteSetup
const THREAD = '3f1f7d3e-9d2c-4e19-8a52-0f0a3a5b7c11'

beforeEach(async () => {
  setup = await setUpRoutes()
  const message = { id: crypto.randomUUID(), text: 'Hello 首个令牌' }
  const request = { threadId: THREAD, parentId: null, runId: crypto.randomUUID(), message }
  const { store } = setup.chat
  const { reply } = await store.saveQuestion({ request, replyId: crypto.randomUUID() })
  await store.finishReply({ ...reply, text: 'Hi.', status: 'complete' })
})
afterEach(() => setup.end())

describe('files', () => {
  it('are downloaded, of one thread and of all', async () => {
    const one = await exportThread(get('/x?format=markdown'), params(THREAD))
    expect(one.headers.get('content-type')).toBe('text/markdown; charset=utf-8')
    expect(one.headers.get('content-disposition')).toBe(
      `attachment; filename="first-token-${THREAD}.md"`,
    )
    expect(await one.text()).toContain('Hello 首个令牌')
    const all = await exportAll(get('/api/export'))
    expect(all.headers.get('content-disposition')).toBe('attachment; filename="first-token.json"')
    expect(await all.json()).toMatchObject({ format: 'first-token', version: 1 })
    expect((await exportAll(get('/api/export?format=pdf'))).status).toBe(400)
    expect((await exportThread(get('/x'), params(crypto.randomUUID()))).status).toBe(404)
  })

  it('come back in, or are refused with the place that is wrong', async () => {
    const text = await (await exportAll(get('/api/export'))).text()
    const response = await importFile(post('/api/import', text))
    expect(response.status).toBe(201)
    expect(await response.json()).toEqual({ threadCount: 1, messageCount: 2 })
    const wrong = await importFile(post('/api/import', text.replace('"Hi."', '7')))
    expect(wrong.status).toBe(400)
    expect(await wrong.json()).toMatchObject({
      error: { code: 'import_invalid', details: { place: 'threads[0].messages[1].text' } },
    })
    const form = { 'content-type': 'text/plain' }
    expect((await importFile(post('/api/import', text, form))).status).toBe(415)
  })

  it('may be larger than a message', async () => {
    const title = 'x'.repeat(2 * 1024 * 1024)
    const thread = { id: crypto.randomUUID(), title, createdAtMs: 1, updatedAtMs: 1, messages: [] }
    const threads = [{ ...thread, isPinned: false, isArchived: false }]
    const body = { format: 'first-token', version: 1, threads }
    expect((await importFile(post('/api/import', body))).status).toBe(201)
    const length = { 'content-length': String(65 * 1024 * 1024) }
    expect((await importFile(post('/api/import', body, length))).status).toBe(413)
  })
})

describe('GET /api/search', () => {
  it('finds messages, and refuses what is no query', async () => {
    const { hits } = await (await search(get('/api/search?q=%E4%BB%A4%E7%89%8C'))).json()
    expect(hits).toMatchObject([
      {
        threadId: THREAD,
        role: 'user',
        snippet: [{ isHit: false }, { text: '令牌', isHit: true }],
      },
      { threadId: THREAD, threadTitle: 'Hello 首个令牌' },
    ])
    expect((await search(get('/api/search'))).status).toBe(400)
    expect((await search(get('/api/search?q=a&limit=101'))).status).toBe(400)
  })
})

describe('shares', () => {
  it('are made, listed and revoked', async () => {
    const made = await share(post('/x', {}), params(THREAD))
    expect(made.status).toBe(201)
    const { shareId, url } = await made.json()
    expect(url).toBe(`/share/${shareId}`)
    expect(await setup.services.threads.loadShare(shareId)).toMatchObject({
      messages: [{ text: 'Hello 首个令牌' }, { text: 'Hi.' }],
    })
    expect((await (await shares(get('/x'), params(THREAD))).json()).shares).toMatchObject([
      { shareId, url },
    ])
    const both = (id: string) => ({ params: Promise.resolve({ id: THREAD, shareId: id }) })
    const request = () => new Request(get('/x'), { method: 'DELETE' })
    expect((await revoke(request(), both(shareId))).status).toBe(204)
    expect((await revoke(request(), both(shareId))).status).toBe(404)
    expect((await revoke(request(), both('x'))).status).toBe(400)
    expect(await setup.services.threads.loadShare(shareId)).toBeUndefined()
  })
})
