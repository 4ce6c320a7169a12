import { describe, expect, it } from 'vitest'
import { AppError, type ErrorCode } from '@/lib/domain/error'
import type { Sampling } from '@/lib/domain/sampling'
import { changeSampling } from './change-sampling'
import { buildThreadState, type ThreadState } from './thread-state'

const QUESTION = {
  id: 'question',
  threadId: 'thread',
  parentId: null,
  role: 'user' as const,
  text: 'text',
  createdAtMs: 1,
}
const LIVE = { runId: 'run', connection: 'sending' } as NonNullable<ThreadState['live']>

function setUp(options: { begun: boolean; code?: ErrorCode; live?: ThreadState['live'] }) {
  let state = {
    ...buildThreadState({ threadId: 'thread', messages: options.begun ? [QUESTION] : [] }),
    live: options.live,
  }
  const saved: { threadId: string; sampling: Sampling }[] = []
  const change = (sampling: Sampling) =>
    changeSampling(
      {
        get: () => state,
        set: (update) => {
          state = { ...state, ...update(state) }
        },
        api: {
          async saveSampling(call: { threadId: string; sampling: Sampling }) {
            if (options.code !== undefined) throw new AppError(options.code)
            saved.push(call)
          },
        } as never,
      },
      sampling,
    )
  return { change, saved, sampling: () => state.sampling }
}

describe('changeSampling', () => {
  it('keeps it in the page for a thread that has not begun', async () => {
    const { change, saved, sampling } = setUp({ begun: false })
    expect(await change({ temperature: 0 })).toBeUndefined()
    expect(sampling()).toEqual({ temperature: 0 })
    expect(saved).toEqual([])
  })

  it('saves it in the server for one that has', async () => {
    const { change, saved, sampling } = setUp({ begun: true })
    expect(await change({ seed: 1 })).toBeUndefined()
    expect(saved).toEqual([{ threadId: 'thread', sampling: { seed: 1 } }])
    expect(sampling()).toEqual({ seed: 1 })
  })

  it.each<[ErrorCode, ThreadState['live']]>([
    ['storage_failed', undefined],
    ['app_unreachable', undefined],
    ['thread_not_found', LIVE],
  ])('changes nothing on %s, and says so', async (code, live) => {
    const { change, sampling } = setUp({ begun: true, code, live })
    expect(await change({ seed: 1 })).toEqual({ code })
    expect(sampling()).toEqual({})
  })

  it('keeps it for a first question that was not sent', async () => {
    const { change, sampling } = setUp({ begun: true, code: 'thread_not_found' })
    expect(await change({ seed: 1 })).toBeUndefined()
    expect(sampling()).toEqual({ seed: 1 })
  })
})
