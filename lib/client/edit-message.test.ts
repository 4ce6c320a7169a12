import { describe, expect, it } from 'vitest'
import { toErrorResponse } from './__fixtures__/fake-server'
import { reply, setUpThread, toAnswerStream } from './__fixtures__/set-up-thread'
import { toSiblingIds } from './thread-state'

const CHAT = /^\/api\/chat$/
const EDIT = /\/edit$/

function setUp() {
  const thread = setUpThread()
  const edit = (messageId: string, text: string) => {
    thread.actions.beginEdit(messageId)
    thread.actions.setEditText(text)
    return thread.actions.submitEdit({ pressedAtMs: 5 })
  }
  const besideOf = (id: string) => toSiblingIds({ id }, thread.state().siblings)
  return { ...thread, edit, besideOf }
}

describe('changing a question', () => {
  it('asks it under the same parent, as a branch beside the first', async () => {
    const { server, edit, idsOf, besideOf, state } = setUp()
    server.answerOnce(CHAT, () => toAnswerStream('id-2'))
    await edit('q2', 'Better said')
    expect(server.chatBodies()).toEqual([
      {
        ...{ threadId: 'thread', parentId: 'a1', runId: 'id-2' },
        message: { id: 'id-1', text: 'Better said' },
      },
    ])
    expect(idsOf()).toEqual(['q1', 'a1', 'id-1', 'reply-id-2'])
    expect(besideOf('id-1')).toEqual(['q2', 'id-1'])
    expect(state().edit).toBeUndefined()
  })

  it('begins the thread anew when it is the first one', async () => {
    const { server, edit, idsOf, besideOf } = setUp()
    server.answerOnce(CHAT, () => toAnswerStream('id-2'))
    await edit('q1', 'From the start')
    expect(server.chatBodies()[0]).toMatchObject({ parentId: null })
    expect(idsOf()).toEqual(['id-1', 'reply-id-2'])
    expect(besideOf('id-1')).toEqual(['q1', 'id-1'])
  })

  it('leaves the branch as it was when it is refused, and the text in its editor with the reason', async () => {
    const { server, edit, idsOf, state, actions } = setUp()
    server.answerOnce(CHAT, () => toErrorResponse('run_active', 409))
    await edit('q2', 'Better said')
    expect(idsOf()).toEqual(['q1', 'a1', 'q2', 'a2'])
    expect(state().edit).toMatchObject({
      ...{ messageId: 'q2', text: 'Better said', error: { code: 'run_active' } },
    })
    expect(state().draft).toBe('')
    server.answerOnce(CHAT, () => toAnswerStream('id-4'))
    await actions.submitEdit({ pressedAtMs: 6 })
    expect(idsOf()).toEqual(['q1', 'a1', 'id-3', 'reply-id-4'])
  })

  it('keeps its ids when nothing answered: sent again, or taken back and sent unchanged', async () => {
    const { server, edit, idsOf, state, actions } = setUp()
    await edit('q2', 'Better said')
    expect(idsOf()).toEqual(['q1', 'a1', 'id-1'])
    expect(state().unsent).toMatchObject({ questionId: 'id-1', canRecall: true })
    await actions.resend()
    actions.recall()
    expect(idsOf()).toEqual(['q1', 'a1', 'q2', 'a2'])
    expect(state().edit).toMatchObject({ messageId: 'q2', text: 'Better said' })
    server.answerOnce(CHAT, () => toAnswerStream('id-2'))
    await actions.submitEdit({ pressedAtMs: 6 })
    const [first, second, third] = server.chatBodies()
    expect([second, third]).toEqual([first, first])
    expect(idsOf()).toEqual(['q1', 'a1', 'id-1', 'reply-id-2'])
  })

  it('asks nothing when nothing was changed, and nothing that is blank', async () => {
    const { server, edit, state } = setUp()
    await edit('q2', 'Text of q2')
    expect(state().edit).toBeUndefined()
    await edit('q2', '  \n')
    expect(state().edit).toBeDefined()
    expect(server.calls).toEqual([])
  })
})

describe('changing an answer', () => {
  it('stores it beside the first, and the next question goes on from it', async () => {
    const { server, edit, idsOf, besideOf, actions } = setUp()
    server.answerOnce(EDIT, () =>
      Response.json(
        { reply: reply('id-1', 'q1', { text: 'Mine', editedFromId: 'a1' }) },
        { status: 201 },
      ),
    )
    await edit('a1', 'Mine')
    expect(server.calls).toEqual([
      { method: 'POST', path: '/api/messages/a1/edit', body: { id: 'id-1', text: 'Mine' } },
    ])
    expect(idsOf()).toEqual(['q1', 'id-1'])
    expect(besideOf('id-1')).toEqual(['a1', 'id-1'])
    server.answerOnce(CHAT, () => toAnswerStream('id-3'))
    actions.setDraft('And then?')
    await actions.send({ pressedAtMs: 0 })
    expect(server.chatBodies()[0]).toMatchObject({ parentId: 'id-1' })
  })

  it('keeps the editor open with the reason, and its id for another try', async () => {
    const { server, edit, state, idsOf, actions } = setUp()
    await edit('a2', 'Mine')
    expect(state().edit).toMatchObject({
      ...{ text: 'Mine', isSaving: false, error: { code: 'app_unreachable' } },
    })
    server.answerOnce(EDIT, () => Response.json({ reply: reply('id-1', 'q2', { text: 'Mine' }) }))
    await actions.submitEdit({ pressedAtMs: 5 })
    expect(server.requestsOf(EDIT).map(({ body }) => body)).toEqual([
      { id: 'id-1', text: 'Mine' },
      { id: 'id-1', text: 'Mine' },
    ])
    expect(idsOf()).toEqual(['q1', 'a1', 'q2', 'id-1'])
  })

  it('closes without a trace', () => {
    const { actions, state } = setUp()
    actions.beginEdit('a1')
    expect(state().edit).toMatchObject({ messageId: 'a1', text: 'Answer a1' })
    actions.cancelEdit()
    expect(state().edit).toBeUndefined()
    actions.beginEdit('nobody')
    expect(state().edit).toBeUndefined()
  })
})

it('asks for another answer in the middle of a branch', async () => {
  const { server, actions, idsOf, besideOf } = setUp()
  server.answerOnce(CHAT, () => toAnswerStream('id-1'))
  await actions.retry({ runId: 'run-a1', pressedAtMs: 0 })
  expect(server.chatBodies()[0]).toMatchObject({ message: { id: 'q1' }, runId: 'id-1' })
  expect(idsOf()).toEqual(['q1', 'reply-id-1'])
  expect(besideOf('reply-id-1')).toEqual(['a1', 'reply-id-1'])
})

it('shows the whole branch again when another answer in its middle was not to be had', async () => {
  const { actions, idsOf, state } = setUp()
  await actions.retry({ runId: 'run-a1', pressedAtMs: 0 })
  expect(idsOf()).toEqual(['q1', 'a1', 'q2', 'a2'])
  expect(state().unsent).toMatchObject({ canRecall: false })
})
