import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, collect } from '@/lib/chat/__fixtures__/chat-setup'
import { finish, text } from '@/lib/chat/__fixtures__/scripted-engine'
import { params, type RouteSetup, setUpRoutes } from '@/lib/server/__fixtures__/route-setup'
import { PUT } from './route'

let setup: RouteSetup
const THREAD = '3f1f7d3e-9d2c-4e19-8a52-0f0a3a5b7c11'

beforeEach(async () => {
  setup = await setUpRoutes()
})
afterEach(() => setup.end())

function put(body: unknown) {
  return new Request('http://127.0.0.1:3000/x', {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      host: '127.0.0.1:3000',
      'sec-fetch-site': 'same-origin',
    },
    body: JSON.stringify(body),
  })
}

/** @returns what the engine was asked with */
async function answer(request = ask(1, { threadId: THREAD })) {
  await setup.chat.runs.start(request)
  const play = await setup.chat.scripted.nextPlay()
  play.push(text('answer', 1100), finish())
  play.end()
  await collect(setup.chat.runs, { runId: request.runId })
  return play.request
}

async function answerNext(n: number) {
  const parent = await setup.chat.store.loadReply(`run-${n - 1}`)
  return await answer(ask(n, { threadId: THREAD, parentId: parent?.id ?? null }))
}

describe('PUT /api/threads/[id]/sampling', () => {
  it('holds for the next runs of the thread, and only for what is set', async () => {
    expect(await answer()).not.toHaveProperty('sampling')
    const sampling = { temperature: 0.2, topK: 20, stop: ['END'] }
    expect((await PUT(put(sampling), params(THREAD))).status).toBe(204)
    expect((await answerNext(2)).sampling).toEqual(sampling)
    expect((await PUT(put({}), params(THREAD))).status).toBe(204)
    expect(await answerNext(3)).not.toHaveProperty('sampling')
  })

  it('leaves the prompt as it is', async () => {
    const before = await answer()
    await PUT(put({ temperature: 0, seed: 1 }), params(THREAD))
    const after = await answerNext(2)
    expect(after.messages.slice(0, before.messages.length)).toEqual(before.messages)
  })

  it('is 404 for a thread that never was', async () => {
    const response = await PUT(put({ seed: 1 }), params(THREAD))
    expect(response.status).toBe(404)
    expect((await response.json()).error.code).toBe('thread_not_found')
  })

  it.each([{ temperature: 2.1 }, { n: 2 }, { stop: [] }, { topP: 0 }, []])(
    'is 400 for %j, and nothing changes',
    async (body) => {
      await answer()
      await PUT(put({ seed: 3 }), params(THREAD))
      expect((await PUT(put(body), params(THREAD))).status).toBe(400)
      expect((await setup.chat.store.loadThread(THREAD))?.thread.sampling).toEqual({ seed: 3 })
    },
  )
})

describe('POST /api/chat', () => {
  it('begins a thread with what was set before it', async () => {
    const sampling = { maxTokens: 5 }
    expect((await answer(ask(1, { threadId: THREAD, sampling }))).sampling).toEqual(sampling)
    expect((await answerNext(2)).sampling).toEqual(sampling)
  })
})
