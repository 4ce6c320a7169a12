import { describe, expect, it, vi } from 'vitest'
import { buildFrames, openStreamResponse, toErrorResponse } from './__fixtures__/fake-server'
import { question, reply, setUpThread, toAnswerStream } from './__fixtures__/set-up-thread'
import { writeQueued } from './queue-memory'
import { selectQueueTurn } from './queue-question'

const CHAT = /^\/api\/chat$/

/** A thread in which an answer is being written, and a follow-up stands in the box. */
async function setUp() {
  const thread = setUpThread({ messages: [] })
  const { server, actions, state } = thread
  const opened = openStreamResponse()
  server.answerOnce(CHAT, () => opened.response)
  actions.setDraft('First')
  const asking = actions.send({ pressedAtMs: 0 })
  await vi.waitFor(() => expect(state().live?.connection).toBe('open'))
  actions.setDraft('Second')
  const end = async () => {
    opened.push(buildFrames({ runId: 'id-2', pieces: ['Yes.'] }))
    await asking
  }
  return { ...thread, end }
}

describe('a follow-up that waits', () => {
  it('goes out once, with its own ids, when the answer has ended', async () => {
    const { server, actions, state, idsOf, end } = await setUp()
    actions.queue()
    expect(state()).toMatchObject({ draft: '', queued: { text: 'Second' } })
    expect(selectQueueTurn(state())).toBe('wait')
    expect(server.chatBodies()).toHaveLength(1)
    server.answerOnce(CHAT, () => toAnswerStream('id-4'))
    await end()
    await vi.waitFor(() => expect(idsOf().at(-1)).toBe('reply-id-4'))
    expect(server.chatBodies()).toHaveLength(2)
    expect(server.chatBodies()[1]).toMatchObject({
      ...{ parentId: 'reply-id-2', runId: 'id-4', message: { id: 'id-3', text: 'Second' } },
    })
    expect(state().queued).toBeUndefined()
    expect(idsOf()).toEqual(['id-1', 'reply-id-2', 'id-3', 'reply-id-4'])
  })

  it('is one at a time, and can be taken back before what was typed since', async () => {
    const { actions, state } = await setUp()
    actions.queue()
    actions.setDraft('Third')
    actions.queue()
    expect(state()).toMatchObject({ draft: 'Third', queued: { text: 'Second' } })
    actions.unqueue()
    expect(state()).toMatchObject({ draft: 'Second\n\nThird', queued: undefined })
  })

  it('is none where no answer is being written', () => {
    const { actions, state } = setUpThread()
    actions.setDraft('Second')
    actions.queue()
    expect(state()).toMatchObject({ draft: 'Second', queued: undefined })
  })

  it.each([
    ['complete', 'sent'],
    ['stopped', 'sent'],
    ['failed', 'in the box again'],
    ['interrupted', 'in the box again'],
    ['streaming', 'still waiting'],
  ] as const)('after an answer that is %s it is %s', async (status, outcome) => {
    const { server, actions, state } = setUpThread({
      messages: [question('q1'), reply('a1', 'q1', { status })],
    })
    server.answerOnce(CHAT, () => toAnswerStream('r2'))
    actions.restoreQueued({ questionId: 'q2', runId: 'r2', text: 'Second' })
    await new Promise((resolve) => setImmediate(resolve))
    const { draft, queued } = state()
    expect({ sent: server.chatBodies().length, draft, isQueued: queued !== undefined }).toEqual(
      {
        sent: { sent: 1, draft: '', isQueued: false },
        'in the box again': { sent: 0, draft: 'Second', isQueued: false },
        'still waiting': { sent: 0, draft: '', isQueued: true },
      }[outcome],
    )
  })

  it('is kept for a reload until the server has it, and then no more', async () => {
    const kept = new Map<string, string>()
    vi.stubGlobal('sessionStorage', {
      setItem: (key: string, value: string) => kept.set(key, value),
      removeItem: (key: string) => kept.delete(key),
    })
    const { server, actions, state, end } = await setUp()
    actions.queue()
    writeQueued(state())
    const opened = openStreamResponse()
    server.answerOnce(CHAT, () => opened.response)
    await end()
    await vi.waitFor(() => expect(server.chatBodies()).toHaveLength(2))
    expect(state().queued).toBeUndefined()
    writeQueued(state())
    expect([...kept.values()].join()).toContain('"text":"Second"')
    opened.push(buildFrames({ runId: 'id-4', pieces: ['Yes.'] }))
    await vi.waitFor(() => expect(kept.size).toBe(0))
    vi.unstubAllGlobals()
  })

  it('is not brought back by a reload after it went out', () => {
    const { actions, state } = setUpThread()
    actions.restoreQueued({ questionId: 'q2', runId: 'r2', text: 'Text of q2' })
    expect(state().queued).toBeUndefined()
  })

  it('stands in the box again when it is refused', async () => {
    const { server, actions, state, end } = await setUp()
    actions.queue()
    server.answerOnce(CHAT, () => toErrorResponse('engine_not_ready', 503))
    await end()
    await vi.waitFor(() => expect(state().draft).toBe('Second'))
    expect(state()).toMatchObject({ queued: undefined, refusal: { code: 'engine_not_ready' } })
  })
})
