import { describe, expect, it } from 'vitest'
import { AppError, type ErrorCode } from '@/lib/domain/error'
import type { Reply, ReplyStatus } from '@/lib/domain/message'
import { type FinishEvent, type StopCause, toEndedReply, toRunError } from './to-ended-reply'

const reply: Reply = {
  id: 'r',
  threadId: 't',
  parentId: 'q',
  role: 'assistant',
  runId: 'run',
  text: '',
  reasoning: '',
  status: 'streaming',
  model: 'asked-for',
  createdAtMs: 1,
}

const done: FinishEvent = { type: 'finish', finishReason: 'stop' }

function end(options: {
  text?: string
  finish?: FinishEvent
  cause?: StopCause
  failure?: AppError
}): Reply {
  const { text = '', ...rest } = options
  const marks = { acceptedMs: 0, deltaArrivalsMs: [], endedMs: 5 }
  return toEndedReply({ reply, written: { text, reasoning: '' }, marks, ...rest })
}

describe('toEndedReply', () => {
  it.each<[string, Parameters<typeof end>[0], ReplyStatus, ErrorCode | undefined]>([
    ['a finish', { text: 'a', finish: done }, 'complete', undefined],
    ['a finish without a word', { finish: done }, 'failed', 'engine_empty'],
    [
      'a stop before a finish without a word',
      { finish: done, cause: 'user' },
      'stopped',
      undefined,
    ],
    [
      'a finish by length',
      { text: 'a', finish: { ...done, finishReason: 'length' } },
      'complete',
      undefined,
    ],
    [
      'a finish that came before the stop took hold',
      { text: 'a', finish: done, cause: 'user' },
      'complete',
      undefined,
    ],
    ['a stop', { text: 'a', cause: 'user' }, 'stopped', undefined],
    ['a stop before any text', { cause: 'user' }, 'stopped', undefined],
    ['nobody watching', { text: 'a', cause: 'unwatched' }, 'interrupted', undefined],
    [
      'the end of the server',
      { text: 'a', cause: 'server-stopping' },
      'interrupted',
      'server_stopping',
    ],
    ['a stream without a finish', { text: 'a' }, 'interrupted', 'engine_stream_cut'],
    ['a stream without anything', {}, 'failed', 'engine_stream_cut'],
    [
      'vLLM aborting after text',
      { text: 'a', finish: { ...done, finishReason: 'abort' } },
      'interrupted',
      'engine_stream_cut',
    ],
    [
      'vLLM failing after text',
      { text: 'a', finish: { ...done, finishReason: 'error' } },
      'failed',
      'engine_failed',
    ],
  ])('takes %s', (_, options, status, code) => {
    const ended = end(options)
    expect(ended.status).toBe(status)
    expect(ended.error?.code).toBe(code)
    expect(ended.text).toBe(options.text ?? '')
    expect(ended.timing).toMatchObject({ e2elMs: 5 })
  })

  it.each<[ErrorCode, ReplyStatus]>([
    ['engine_stream_cut', 'interrupted'],
    ['engine_died', 'interrupted'],
    ['engine_stalled', 'interrupted'],
    ['engine_timeout', 'interrupted'],
    ['engine_unreachable', 'interrupted'],
    ['engine_failed', 'failed'],
    ['engine_malformed', 'failed'],
    ['engine_line_too_large', 'failed'],
    ['internal', 'failed'],
  ])('takes %s after text as %s, and before any text as failed', (code, status) => {
    const failure = new AppError(code, { details: { seconds: 30 } })
    expect(end({ text: 'a', failure })).toMatchObject({
      status,
      error: { code, requestId: 'run', details: { seconds: 30 } },
    })
    expect(end({ failure }).status).toBe('failed')
  })

  it('names the model as the engine does', () => {
    expect(end({ finish: { ...done, model: 'served' } }).model).toBe('served')
    expect(end({ finish: done }).model).toBe('asked-for')
  })
})

it('counts an error that is none of ours as a fault of the app, and finds ours inside another', () => {
  expect(toRunError(new TypeError('x')).code).toBe('internal')
  const wrapped = new Error('library', { cause: new AppError('engine_died') })
  expect(toRunError(wrapped).code).toBe('engine_died')
})
