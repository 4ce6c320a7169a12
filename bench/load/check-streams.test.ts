import { describe, expect, it } from 'vitest'
import type { RecordedRequest } from '../../e2e/stub/recorder.ts'
import type { OpenStream } from '../stream-client.ts'
import { createStreamReader } from '../stream-reader.ts'
import { addChecks, checkStreams } from './check-streams.ts'

function stream(options: { runId: string; text: string; status?: string; isDone?: boolean }) {
  const { runId, text, status = 'complete', isDone = true } = options
  const reader = createStreamReader('app')
  const events = [
    { type: 'text-delta', delta: text },
    { type: 'finish', messageMetadata: { status } },
  ]
  const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  reader.push(Buffer.from(`${body}${isDone ? 'data: [DONE]\n\n' : ''}`), 1)
  return { runId, reader } as OpenStream
}

const sent = (requestId: string, textSent: string) => ({ requestId, textSent }) as RecordedRequest

describe('checkStreams', () => {
  it('finds streams that were cut, that ended badly, and that say something else than was sent', () => {
    const streams = [
      stream({ runId: 'fine', text: 'abc' }),
      stream({ runId: 'cut', text: 'ab', isDone: false }),
      stream({ runId: 'failed', text: 'abc', status: 'failed' }),
      stream({ runId: 'swapped', text: 'acb' }),
      stream({ runId: 'unknown', text: '' }),
    ]
    const requests = ['fine', 'cut', 'failed', 'swapped'].map((id) => sent(id, 'abc'))
    expect(checkStreams({ streams, requests, isApp: true })).toEqual({
      streams: 5,
      cut: 2,
      wrong: 3,
    })
    expect(checkStreams({ streams, requests, isApp: false }).cut).toBe(1)
  })

  it('is added up', () => {
    const check = { streams: 2, cut: 1, wrong: 0 }
    expect(addChecks([check, { streams: 3, cut: 0, wrong: 2 }])).toEqual({
      ...{ streams: 5, cut: 1, wrong: 2 },
    })
  })
})
