import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, collect } from '@/lib/chat/__fixtures__/chat-setup'
import { finish, text } from '@/lib/chat/__fixtures__/scripted-engine'
import { params, type RouteSetup, setUpRoutes } from '@/lib/server/__fixtures__/route-setup'
import { POST } from './route'

let setup: RouteSetup
const THREAD = '3f1f7d3e-9d2c-4e19-8a52-0f0a3a5b7c11'

beforeEach(async () => {
  setup = await setUpRoutes()
})
afterEach(() => setup.end())

async function trim(options: { replyId?: string; isTrimEnd: boolean; threadId?: string }) {
  const { threadId = THREAD, ...body } = options
  const request = new Request('http://127.0.0.1:3000/x', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      host: '127.0.0.1:3000',
      'sec-fetch-site': 'same-origin',
    },
    body: JSON.stringify(body),
  })
  return await POST(request, params(threadId))
}

/** Asks the n-th question under the answer before it. @returns what the engine was sent, and the answer's id */
async function turn(n: number) {
  const parent = await setup.chat.store.loadReply(`run-${n - 1}`)
  const request = ask(n, { threadId: THREAD, parentId: parent?.id ?? null })
  await setup.chat.runs.start(request)
  const play = await setup.chat.scripted.nextPlay()
  play.push(text(`answer ${n}`, 1100), finish())
  play.end()
  await collect(setup.chat.runs, { runId: request.runId })
  const reply = await setup.chat.store.loadReply(request.runId)
  return { messages: play.request.messages, replyId: reply?.id ?? '', reply }
}

describe('POST /api/threads/[id]/trim', () => {
  it('leaves out what stands up to the reply from the next prompt on, byte for byte', async () => {
    const [first, second] = [await turn(1), await turn(2)]
    expect((await trim({ replyId: first.replyId, isTrimEnd: true })).status).toBe(200)
    const [third, fourth] = [await turn(3), await turn(4)]
    const [system, ...rest] = second.messages
    expect(third.messages.slice(0, 2)).toEqual([system, rest[2]])
    expect(fourth.messages.slice(0, third.messages.length)).toEqual(third.messages)
    expect(fourth.reply?.trimmedToId).toBe(first.replyId)
    expect((await setup.chat.store.loadThread(THREAD))?.messages[1]).toMatchObject({
      isTrimEnd: true,
    })
  })

  it('is taken back: all of it is sent again, and what was sent stays on record', async () => {
    const first = await turn(1)
    await trim({ replyId: first.replyId, isTrimEnd: true })
    const second = await turn(2)
    expect(second.messages).toHaveLength(2)
    await trim({ replyId: first.replyId, isTrimEnd: false })
    const third = await turn(3)
    expect(third.messages).toHaveLength(6)
    expect(third.reply).not.toHaveProperty('trimmedToId')
    expect((await setup.chat.store.loadReply('run-2'))?.trimmedToId).toBe(first.replyId)
  })

  it('is 404 for what is no reply of the thread, and 400 for anything else', async () => {
    const { replyId } = await turn(1)
    const other = { replyId, isTrimEnd: true, threadId: '3f1f7d3e-9d2c-4e19-8a52-0f0a3a5b7c12' }
    const response = await trim(other)
    expect(response.status).toBe(404)
    expect((await response.json()).error.code).toBe('message_not_found')
    expect((await trim({ isTrimEnd: true })).status).toBe(400)
  })
})
