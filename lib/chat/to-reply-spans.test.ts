import { describe, expect, it } from 'vitest'
import type { Reply } from '@/lib/domain/message'
import type { RunMarks } from './run-observer'
import { toReplySpans } from './to-reply-spans'
import { toTraceContext } from './to-trace-context'

const reply: Reply = {
  id: '11111111-2222-4333-8444-555555555555',
  threadId: 'thread',
  parentId: 'question',
  role: 'assistant',
  runId: 'AAAAAAAA-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  text: 'a secret answer',
  reasoning: '',
  status: 'complete',
  finishReason: 'stop',
  createdAtMs: 1000,
  timing: {
    overheadMs: 2,
    queueMs: 380,
    prefillMs: 25,
    ttftMs: 412,
    decodeMs: 900,
    e2elMs: 1320,
    promptTokens: 50,
    cachedTokens: 32,
    completionTokens: 20,
  },
}
const marks: RunMarks = {
  model: 'm',
  history: [],
  sampling: { temperature: 0.5, maxTokens: 9 },
  traceparent: undefined,
  acceptedMs: 0,
  sentMs: 2,
  arrivalsMs: [],
  finish: { type: 'finish', finishReason: 'stop', completionId: 'chatcmpl-1', model: 'm-root' },
  queuedBehindRequests: undefined,
}
const server = { address: 'gpu', port: 8000 }

describe('toTraceContext', () => {
  it('takes the ids of the run and the reply', () => {
    expect(toTraceContext(reply)).toEqual({
      traceId: 'aaaaaaaabbbb4ccc8dddeeeeeeeeeeee',
      spanId: '1111111122224333',
      traceparent: '00-aaaaaaaabbbb4ccc8dddeeeeeeeeeeee-1111111122224333-01',
    })
  })

  it.each([
    [{ id: reply.id, runId: 'run-1' }],
    [{ id: 'x', runId: reply.runId }],
    [{ id: reply.id, runId: '00000000-0000-0000-0000-000000000000' }],
  ])('has none for %j', (ids) => {
    expect(toTraceContext(ids)).toBeUndefined()
  })
})

describe('toReplySpans', () => {
  it('has the call by the names of generative AI, and no text', () => {
    const spans = toReplySpans({ reply, marks, server })
    expect(spans[0]).toMatchObject({
      name: 'chat m',
      kind: 'client',
      startMs: 1000,
      endMs: 2320,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'm',
        'gen_ai.response.model': 'm-root',
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 50,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.usage.cache_read.input_tokens': 32,
        'gen_ai.server.time_to_first_token': 0.412,
        'gen_ai.request.temperature': 0.5,
        'gen_ai.request.max_tokens': 9,
        'gen_ai.conversation.id': 'thread',
        'server.address': 'gpu',
        'server.port': 8000,
      },
    })
    expect(spans[0]).not.toHaveProperty('errorCode')
    expect(JSON.stringify(spans)).not.toContain('secret')
  })

  it('has the parts of its time under the call, each with an id of its own', () => {
    const [call, ...parts] = toReplySpans({ reply, marks, server })
    expect(parts.map(({ name, startMs, endMs }) => [name, startMs, endMs])).toEqual([
      ['overhead', 1000, 1002],
      ['queue', 1002, 1382],
      ['prefill', 1382, 1407],
      ['decode', 1412, 2312],
    ])
    expect(parts.every(({ parentSpanId }) => parentSpanId === call?.spanId)).toBe(true)
    expect(new Set([call, ...parts].map((span) => span?.spanId)).size).toBe(5)
    expect(parts.every(({ spanId }) => /^[0-9a-f]{16}$/.test(spanId))).toBe(true)
  })

  it('has what is known only, and the code of a failure', () => {
    const failed: Reply = {
      ...reply,
      status: 'failed',
      error: { code: 'engine_died' },
      timing: { e2elMs: 5, overheadMs: 2 },
    }
    const spans = toReplySpans({ reply: failed, marks, server })
    expect(spans.map(({ name }) => name)).toEqual(['chat m', 'overhead'])
    expect(spans[0]).toMatchObject({
      errorCode: 'engine_died',
      attributes: { 'error.type': 'engine_died', 'first_token.status': 'failed' },
    })
  })

  it('has none of a run that was never sent', () => {
    expect(toReplySpans({ reply, marks: { ...marks, sentMs: undefined }, server })).toEqual([])
  })
})
