import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunk, DONE, event, ROLE, STOP, text, USAGE } from './__fixtures__/chunk'
import { type Collected, collectEvents, endOf } from './__fixtures__/collect-events'
import { RECORDED_STREAMS, readRecordedStream } from './__fixtures__/recorded-stream'
import { createChatModel } from './create-chat-model'
import { createCompletionCall } from './create-completion-call'
import { createStreamIntake } from './create-stream-intake'
import type { EngineFetch } from './engine-http'
import { toEngineBody } from './engine-response'
import { type StreamContext, streamCompletion } from './stream-completion'

/** Written as no real engine of ours does, but others may. */
const COMPOSED: Record<string, string> = {
  'reasoning before text': [
    ROLE,
    chunk({ delta: { reasoning: 'Let me think 🤔. ' } }),
    chunk({ delta: { reasoning_content: 'Done.' } }),
    text('Fünf 🇫🇷 '),
    chunk({ delta: { reasoning: 'Hm.', content: 'または' } }),
    STOP,
    USAGE,
    DONE,
  ].join(''),
  'CRLF, comments and several data lines': [
    ': keep-alive\n\n',
    text('日本'),
    ': keep-alive\n\n: again\n\n',
    'event: message\nid: 7\nretry: 10\ndata: {"choices":[{"index":0,\ndata: "delta":{"content":"語"}}]}\n\n',
    STOP,
    DONE,
  ]
    .join('')
    .replaceAll('\n', '\r\n'),
  'a byte order mark and bare CR': `\uFEFF${text('é')}${STOP}${DONE}`.replaceAll('\n', '\r'),
  'no [DONE], no last empty line': `${text('ok')}${STOP.trimEnd()}`,
  'tool calls and malformed lines': [
    text('a'),
    'data: {"cut\n\n',
    chunk({
      delta: { tool_calls: [{ index: 0, id: 't', function: { name: 'f', arguments: '{}' } }] },
    }),
    'data: 17\n\n',
    text('b'),
    chunk({ finish: 'tool_calls' }),
    DONE,
  ].join(''),
  'usage in the chunk of the last text': [
    text('a'),
    event({
      choices: [{ index: 0, delta: { content: 'b' }, finish_reason: 'length' }],
      usage: { prompt_tokens: 3, completion_tokens: 2, prompt_tokens_details: null },
    }),
    DONE,
  ].join(''),
  'an error in the middle': `${text('half')}${event({ error: { message: 'EngineCore encountered an issue', code: 500 } })}${DONE}`,
  'no finish': `${text('half')}`,
  'only [DONE]': DONE,
}

const STREAMS: [string, Buffer][] = [
  ...RECORDED_STREAMS.map((name): [string, Buffer] => [name, readRecordedStream(name)]),
  ...Object.entries(COMPOSED).map(([name, body]): [string, Buffer] => [name, Buffer.from(body)]),
]

/** Without what may differ: which pieces came together, and when. */
function runIntake(pieces: readonly Uint8Array[]) {
  const call = createCompletionCall({
    signal: new AbortController().signal,
    now: () => 0,
    stallMs: 1000,
    schedule: () => () => {},
  })
  const intake = createStreamIntake({ call, limits: {} })
  let chunks = ''
  for (const bytes of pieces) {
    if (intake.isEnded()) break
    intake.accept({ kind: 'bytes', bytes, atMs: 0 })
    intake.flush()
    chunks += intake.take()
  }
  if (!intake.isEnded()) intake.accept({ kind: 'end', atMs: 0 })
  chunks += intake.take()
  const arrivals = call.arrivalsMs.flat().length
  return {
    spoken: joinDeltas(chunks),
    arrivals,
    failure: call.failure?.code,
    isDone: intake.isDone(),
  }
}

function joinDeltas(chunks: string): string[] {
  const spoken: string[] = []
  let last = ''
  for (const line of chunks.split('\n\n').filter((part) => part !== '')) {
    const value = JSON.parse(line.slice('data: '.length))
    const [field, delta] = Object.entries(value.choices[0]?.delta ?? {})[0] ?? []
    if (field === undefined) {
      spoken.push(JSON.stringify(value))
      last = ''
    } else if (field === last) spoken.push(`${spoken.pop()}${delta}`)
    else spoken.push(`${field}: ${delta}`)
    if (field !== undefined) last = field
  }
  return spoken
}

function split(bytes: Buffer, offsets: readonly number[]): Uint8Array[] {
  const sorted = [0, ...[...offsets].sort((a, b) => a - b), bytes.length]
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end))
}

describe('a stream cut anywhere', () => {
  it('has streams to cut', () => {
    expect(RECORDED_STREAMS.length).toBeGreaterThanOrEqual(12)
  })

  it.each(STREAMS)('gives the same events at every single cut: %s', (_name, bytes) => {
    const whole = runIntake([bytes])
    for (let offset = 1; offset < bytes.length; offset += 1) {
      expect(runIntake(split(bytes, [offset])), `cut at ${offset}`).toEqual(whole)
    }
  })

  it.each(STREAMS)('gives the same events byte by byte: %s', (_name, bytes) => {
    expect(runIntake([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(runIntake([bytes]))
  })

  it.each(STREAMS)(
    'gives the same events through the SDK at random cuts: %s',
    async (_name, bytes) => {
      const whole = withoutTimes(await stream([bytes]))
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 }),
          async (offsets) => {
            expect(withoutTimes(await stream(split(bytes, offsets)))).toEqual(whole)
          },
        ),
        { numRuns: 25 },
      )
    },
  )

  it.each<[string, { text: string; reasoning?: string; end: string }]>([
    [
      'reasoning before text',
      { text: 'Fünf 🇫🇷 または', reasoning: 'Let me think 🤔. Done.Hm.', end: 'stop' },
    ],
    ['CRLF, comments and several data lines', { text: '日本語', end: 'stop' }],
    ['a byte order mark and bare CR', { text: 'é', end: 'stop' }],
    ['no [DONE], no last empty line', { text: 'ok', end: 'stop' }],
    ['tool calls and malformed lines', { text: 'ab', end: 'tool_calls' }],
    ['usage in the chunk of the last text', { text: 'ab', end: 'length' }],
    ['an error in the middle', { text: 'half', end: 'engine_died' }],
    ['no finish', { text: 'half', end: 'engine_stream_cut' }],
    ['only [DONE]', { text: '', end: 'engine_empty' }],
  ])('reads %s', async (name, { text: answer, reasoning = '', end }) => {
    const seen = await stream([Buffer.from(COMPOSED[name] ?? '')])
    expect({ answer: seen.text, reasoning: seen.reasoning, end: endOf(seen) }).toEqual({
      answer,
      reasoning,
      end,
    })
  })

  it('reads what was recorded', async () => {
    const seen = await stream([readRecordedStream('vllm-0.32.0.chat_stream_multibyte.sse')])
    expect(seen.text).toMatch(/👋 to 日本語/)
    const killed = await stream([readRecordedStream('vllm-0.32.0.chat_stream_engine_killed.sse')])
    expect([killed.text.slice(0, 15), endOf(killed)]).toEqual(['A long story is', 'engine_died'])
    const first = await stream([readRecordedStream('vllm-0.32.0.chat_stream.sse')])
    expect(first).toMatchObject({
      arrivalsMs: { length: 18 },
      finish: {
        finishReason: 'stop',
        usage: { promptTokens: 27, completionTokens: 19, cachedTokens: 0 },
        model: 'smollm2-135m-instruct',
        completionId: 'chatcmpl-turn-1',
        systemFingerprint: 'vllm-0.32.0-3a2e0436',
      },
    })
  })
})

async function stream(pieces: readonly Uint8Array[]): Promise<Collected> {
  const fetch: EngineFetch = async () => ({
    status: 200,
    ok: true,
    headers: { get: () => 'text/event-stream; charset=utf-8' },
    body: toEngineBody(Readable.from(pieces.filter((piece) => piece.length > 0))),
  })
  const context: StreamContext = {
    model: createChatModel({ baseUrl: 'http://engine.test/v1' }),
    fetch,
    now: () => performance.now(),
    load: { active: 0 },
    stallMs: 5000,
  }
  const request = {
    model: 'm',
    messages: [{ role: 'user' as const, content: 'Hi' }],
    signal: new AbortController().signal,
  }
  const collected = await collectEvents(streamCompletion(request, context))
  expect(context.load.active).toBe(0)
  return collected
}

function withoutTimes(collected: Collected) {
  const { text: answer, reasoning, arrivalsMs, finish } = collected
  return { answer, reasoning, pieces: arrivalsMs.length, finish, end: endOf(collected) }
}
