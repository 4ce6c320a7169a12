import { beforeEach, describe, expect, it } from 'vitest'
import type { Sampling } from '@/lib/domain/sampling'
import { openTestDatabase } from './__fixtures__/open-test-database'
import { createStore, type Store } from './create-store'

let store: Store

beforeEach(async () => {
  store = createStore({ db: await openTestDatabase() })
})

async function begin(sampling?: Sampling) {
  return await store.saveQuestion({
    request: {
      threadId: 'thread',
      parentId: null,
      runId: 'run-1',
      message: { id: 'question-1', text: 'first' },
      ...(sampling === undefined ? {} : { sampling }),
    },
    replyId: 'reply-1',
  })
}

async function goOn(sampling?: Sampling) {
  const first = await store.loadReply('run-1')
  if (first?.status === 'streaming') await store.finishReply({ ...first, status: 'complete' })
  return await store.saveQuestion({
    request: {
      threadId: 'thread',
      parentId: 'reply-1',
      runId: 'run-2',
      message: { id: 'question-2', text: 'second' },
      ...(sampling === undefined ? {} : { sampling }),
    },
    replyId: 'reply-2',
  })
}

const stored = async () => (await store.loadThread('thread'))?.thread.sampling

describe('the sampling of a thread', () => {
  it('is unset unless it is set', async () => {
    expect(await begin()).toMatchObject({ outcome: 'started', sampling: {} })
    expect(await stored()).toBeUndefined()
    expect(await goOn()).toMatchObject({ sampling: {} })
  })

  it('begins with its first question and holds for its next runs', async () => {
    const sampling = { temperature: 0, stop: ['\n', '。'], seed: 7 }
    expect(await begin(sampling)).toMatchObject({ outcome: 'started', sampling })
    expect(await stored()).toEqual(sampling)
    expect(await goOn()).toMatchObject({ sampling })
  })

  it('is replaced as a whole, and taken away by nothing at all', async () => {
    await begin({ temperature: 0, topK: 20 })
    expect(await store.saveSampling({ threadId: 'thread', sampling: { topP: 0.5 } })).toBe(true)
    expect(await stored()).toEqual({ topP: 0.5 })
    expect(await store.saveSampling({ threadId: 'thread', sampling: {} })).toBe(true)
    expect(await stored()).toBeUndefined()
    expect(await goOn()).toMatchObject({ sampling: {} })
  })

  it('does not change by a later question, or by the first one asked again', async () => {
    await begin({ temperature: 0 })
    expect(await goOn({ temperature: 2 })).toMatchObject({ sampling: { temperature: 0 } })
    expect(await begin({ temperature: 1 })).toMatchObject({ outcome: 'joined' })
    expect(await stored()).toEqual({ temperature: 0 })
  })

  it('is not kept for a thread that is not there', async () => {
    expect(await store.saveSampling({ threadId: 'nobody', sampling: { seed: 1 } })).toBe(false)
    await begin()
    expect(await stored()).toBeUndefined()
  })
})
