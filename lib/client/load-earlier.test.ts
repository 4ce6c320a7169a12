import { describe, expect, it } from 'vitest'
import { question, reply, setUpThread, toBranchResponse } from './__fixtures__/set-up-thread'

const THREAD = /^\/api\/threads\/thread\?/

const turns = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, offset) => from + offset).flatMap((at) => [
    question(`q${at}`, at === 1 ? null : `a${at - 1}`),
    reply(`a${at}`, `q${at}`),
  ])

describe('a long thread', () => {
  it('loads what stands above, page by page, to its beginning', async () => {
    const { server, actions, state, idsOf } = setUpThread({
      messages: turns(5, 6),
      hasEarlier: true,
    })
    server.answerOnce(THREAD, () => toBranchResponse(turns(3, 4), { hasEarlier: true }))
    await Promise.all([actions.loadEarlier(), actions.loadEarlier()])
    expect(server.calls.map(({ path }) => path)).toEqual([
      '/api/threads/thread?limit=50&through=a6&before=q5',
    ])
    expect(idsOf()[0]).toBe('q3')
    server.answerOnce(THREAD, () =>
      toBranchResponse(turns(1, 2), { siblings: { q1: ['q0', 'q1'] } }),
    )
    await actions.loadEarlier()
    expect(idsOf()).toEqual(turns(1, 6).map(({ id }) => id))
    expect(state()).toMatchObject({ hasEarlier: false, siblings: { q1: ['q0', 'q1'] } })
    await actions.loadEarlier()
    expect(server.calls).toHaveLength(2)
  })

  it('says why it could not, and can be asked again', async () => {
    const { server, actions, state } = setUpThread({ messages: turns(2, 2), hasEarlier: true })
    await actions.loadEarlier()
    expect(state().earlier).toMatchObject({ code: 'app_unreachable' })
    server.answerOnce(THREAD, () => toBranchResponse(turns(1, 1)))
    await actions.loadEarlier()
    expect(state()).toMatchObject({ earlier: 'idle', hasEarlier: false })
  })

  it('has a message far above among the shown ones when it is looked for', async () => {
    const { server, actions, state, idsOf } = setUpThread({
      messages: turns(9, 9),
      hasEarlier: true,
    })
    server.answerOnce(THREAD, () => toBranchResponse(turns(9, 9), { hasEarlier: true }))
    server.answerOnce(THREAD, () => toBranchResponse(turns(5, 8), { hasEarlier: true }))
    server.answerOnce(THREAD, () => toBranchResponse(turns(2, 4), { hasEarlier: true }))
    expect(await actions.reach('q3')).toBe(true)
    expect(idsOf()[0]).toBe('q2')
    expect(state()).toMatchObject({ hasEarlier: true, chosenId: 'q3' })
    expect(await actions.reach('q3')).toBe(true)
    expect(server.calls).toHaveLength(3)
    expect(await actions.reach('nobody')).toBe(false)
  })

  it('keeps what was loaded above when it looks at its end again', async () => {
    const { server, actions, state, idsOf } = setUpThread({ messages: turns(1, 3) })
    server.answerOnce(THREAD, () => toBranchResponse(turns(3, 4), { hasEarlier: true }))
    await actions.refresh()
    expect(idsOf()).toEqual(turns(1, 4).map(({ id }) => id))
    expect(state().hasEarlier).toBe(false)
  })

  it('keeps what stands above a message that is exchanged for another', async () => {
    const { server, actions, idsOf, state } = setUpThread({
      ...{ messages: turns(1, 3), siblings: { q2: ['q2', 'x'] } },
    })
    const other = [question('x', 'a1'), reply('y', 'x')]
    server.answerOnce(THREAD, () => toBranchResponse([...turns(1, 1).slice(1), ...other]))
    await actions.show({ messageId: 'q2', siblingId: 'x' })
    expect(idsOf()).toEqual(['q1', 'a1', 'x', 'y'])
    expect(state().chosenId).toBe('x')
  })
})
