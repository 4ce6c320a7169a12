import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '@/lib/domain/error'
import { chunk, DONE, event, ROLE, STOP, text, USAGE } from './__fixtures__/chunk'
import { collectEvents, endOf } from './__fixtures__/collect-events'
import { sendStream, serveEngine, startStream } from './__fixtures__/serve-engine'
import { createEngine } from './create-engine'

type Options = Parameters<typeof serveEngine>[0]
type Served = Awaited<ReturnType<typeof serveEngine>>

const opened: Served[] = []

async function open(options: Options): Promise<Served> {
  const served = await serveEngine(options)
  opened.push(served)
  return served
}

async function run(options: Options) {
  const served = await open(options)
  const seen = await collectEvents(served.stream())
  const details = seen.error instanceof AppError ? seen.error.details : undefined
  return { ...served, text: seen.text, end: endOf(seen), details, seen }
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((served) => served.close()))
})

function page(status: number, headers: Record<string, string>, body: string): Options['answer'] {
  return (response) => response.writeHead(status, headers).end(body)
}

const JSON_TYPE = { 'content-type': 'application/json' }
const HEALTHY: Options['other'] = (response) => response.writeHead(200).end()

describe('an answer that is no stream', () => {
  it.each<[string, Options['answer'], string, object | undefined]>([
    [
      'HTML under 200',
      page(200, { 'content-type': 'text/html' }, '<html>Sign in</html>'),
      'engine_wrong_content_type',
      { contentType: 'text/html' },
    ],
    [
      'JSON under 200',
      page(200, JSON_TYPE, '{"choices":[]}'),
      'engine_wrong_content_type',
      { contentType: 'application/json' },
    ],
    [
      'an error in JSON under 200',
      page(200, JSON_TYPE, '{"error":{"message":"slow down","code":429}}'),
      'engine_busy',
      { status: 429 },
    ],
    ['nothing under 200', page(200, {}, ''), 'engine_empty', undefined],
    [
      'a redirect',
      page(307, { location: 'http://evil.test/v1' }, ''),
      'engine_redirected',
      { status: 307, host: 'evil.test' },
    ],
    [
      'a nested error',
      page(
        400,
        JSON_TYPE,
        '{"error":{"message":"This model\'s maximum context length is 4096 tokens. However, your prompt contains at least 4097 input tokens","type":"BadRequestError","param":"input_tokens","code":400}}',
      ),
      'engine_context_too_long',
      { maxTokens: 4096, promptTokens: 4097 },
    ],
    [
      'a flat error',
      page(
        404,
        JSON_TYPE,
        '{"object":"error","message":"The model `x` does not exist.","code":404}',
      ),
      'engine_model_not_found',
      { wanted: 'x' },
    ],
    [
      'an error that is a text',
      page(401, JSON_TYPE, '{"error":"Unauthorized"}'),
      'engine_unauthorized',
      { status: 401 },
    ],
    ['a detail', page(404, JSON_TYPE, '{"detail":"Not Found"}'), 'engine_path_not_found', {}],
    [
      "a proxy's page",
      page(502, { 'content-type': 'text/html' }, '<html>502</html>'),
      'engine_proxy',
      { status: 502 },
    ],
    [
      'a wait',
      page(429, { ...JSON_TYPE, 'retry-after': '7' }, '{}'),
      'engine_busy',
      { retryAfterSeconds: 7 },
    ],
    ['a fault of its own', page(500, {}, ''), 'engine_failed', { status: 500 }],
  ])('becomes its error after one request: %s', async (_name, answer, code, details) => {
    const { end, details: told, completions, seen } = await run({ answer, other: HEALTHY })
    expect(end).toBe(code)
    if (details !== undefined) expect(told).toMatchObject(details)
    expect(completions()).toHaveLength(1)
    expect(seen.events.map(({ type }) => type)).toEqual(['sent'])
  })

  it('is unreachable where nothing listens', async () => {
    const { engine, close } = await serveEngine({ answer: () => {} })
    await close()
    const dead = createEngine({ baseUrl: engine.baseUrl })
    const signal = new AbortController().signal
    const seen = await collectEvents(dead.streamCompletion({ model: 'm', messages: [], signal }))
    expect(seen.error).toMatchObject({
      code: 'engine_unreachable',
      details: { systemCode: 'ECONNREFUSED' },
    })
    await dead.close()
  })

  it('is malformed where something else than HTTP answers', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const engine = createEngine({ baseUrl: `http://127.0.0.1:${port}/v1` })
    const signal = new AbortController().signal
    const seen = await collectEvents(engine.streamCompletion({ model: 'm', messages: [], signal }))
    expect(endOf(seen)).toBe('engine_malformed')
    await engine.close()
    server.close()
  })
})

describe('a stream that goes wrong', () => {
  it('keeps the text before an error event', async () => {
    const error = { message: 'Internal server error', type: 'InternalServerError', code: 500 }
    const answer = sendStream(ROLE, text('half'), event({ error }), DONE)
    expect(await run({ answer })).toMatchObject({ text: 'half', end: 'engine_failed' })
  })

  it('ends at an error event even when more follows', async () => {
    const answer = sendStream(text('a'), event({ error: 'no' }), text('b'), STOP, DONE)
    expect(await run({ answer })).toMatchObject({ text: 'a', end: 'engine_failed' })
  })

  it.each<[string, Options['answer']]>([
    [
      'RST',
      (response) => {
        startStream(response, ROLE, text('half'))
        setImmediate(() => response.socket?.resetAndDestroy())
      },
    ],
    [
      'FIN in the middle of a body',
      (response) => {
        startStream(response, ROLE, text('half'))
        setImmediate(() => response.socket?.end())
      },
    ],
    ['a clean end without a finish', sendStream(ROLE, text('half'))],
    ['[DONE] without a finish', sendStream(ROLE, text('half'), DONE)],
    [
      'a cut in the middle of an event',
      (response) => {
        startStream(response, ROLE, text('half'), 'data: {"choices":[{"delta":{"con')
        setImmediate(() => response.socket?.destroy())
      },
    ],
  ])('is cut, with its text kept: %s', async (_name, answer) => {
    expect(await run({ answer, other: HEALTHY })).toMatchObject({
      text: 'half',
      end: 'engine_stream_cut',
    })
  })

  it.each<[string, Options['other']]>([
    ['says that its core is dead', (response) => response.writeHead(503).end()],
    ['is gone', (_response, request) => request.socket.resetAndDestroy()],
  ])('is of a dead engine when that %s', async (_name, other) => {
    const answer: Options['answer'] = (response) => {
      startStream(response, text('half'))
      setImmediate(() => response.socket?.resetAndDestroy())
    }
    const cut = await run({ answer, ...(other === undefined ? {} : { other }) })
    expect(cut).toMatchObject({ text: 'half', end: 'engine_died' })
  })

  it.each<[string, string[], string]>([
    ['only [DONE]', [DONE], 'engine_empty'],
    ['a role and [DONE]', [ROLE, DONE], 'engine_empty'],
    ['no event at all', [], 'engine_empty'],
    ['only comments', [': keep-alive\n\n'], 'engine_empty'],
    ['only what cannot be read', ['data: <xml/>\n\n'], 'engine_malformed'],
  ])('is empty or unreadable: %s', async (_name, events, code) => {
    expect((await run({ answer: sendStream(...events), other: HEALTHY })).end).toBe(code)
  })

  it.each<[string, string[]]>([
    ['without [DONE]', [text('a'), STOP, USAGE]],
    ['without usage', [text('a'), STOP, DONE]],
    ['with its last text in the finish', [chunk({ delta: { content: 'a' }, finish: 'stop' })]],
    ['with a cut after the finish', [text('a'), STOP, 'data: {"cu']],
  ])('is whole %s', async (_name, events) => {
    expect(await run({ answer: sendStream(...events) })).toMatchObject({ text: 'a', end: 'stop' })
  })

  it('skips 20 lines that cannot be read, and gives up at the 21st', async () => {
    const bad = 'data: {"choices":[{]}\n\n'
    const some = sendStream(text('a'), bad.repeat(20), text('b'), STOP, DONE)
    expect(await run({ answer: some })).toMatchObject({ text: 'ab', end: 'stop' })
    const more = sendStream(text('a'), bad.repeat(21), text('b'), STOP, DONE)
    expect(await run({ answer: more })).toMatchObject({
      text: 'a',
      end: 'engine_malformed',
      details: { lines: 21 },
    })
  })

  it('is closed at a line over 1 MB, long before it is read', async () => {
    let written = 0
    const answer: Options['answer'] = (response) => {
      startStream(response, text('a'), 'data: "')
      const piece = 'x'.repeat(64 * 1024)
      const write = () => {
        while (!response.destroyed && written < 64 * 1024 * 1024) {
          written += piece.length
          if (!response.write(piece)) return void response.once('drain', write)
        }
      }
      write()
    }
    const { end, text: kept, until } = await run({ answer, other: HEALTHY })
    expect([kept, end]).toEqual(['a', 'engine_line_too_large'])
    await until({ open: 0 })
    expect(written).toBeLessThan(16 * 1024 * 1024)
  })

  it('is ended with its socket when it goes far beyond max_tokens', async () => {
    const { engine, until } = await open({
      answer: (response) => {
        startStream(response, ROLE)
        const write = () => {
          while (!response.destroyed) if (!response.write(text('x'))) break
        }
        response.on('drain', write)
        write()
      },
    })
    const seen = await collectEvents(
      engine.streamCompletion({
        model: 'm',
        messages: [],
        sampling: { maxTokens: 20 },
        signal: new AbortController().signal,
      }),
    )
    expect(endOf(seen)).toBe('length')
    expect(seen.text.length).toBeGreaterThanOrEqual(20)
    expect(seen.text.length).toBeLessThan(100)
    await until({ open: 0 })
  })

  it('is ended at 4 MiB of text', async () => {
    const { engine } = await open({
      answer: (response) => {
        startStream(response)
        const piece = text('x'.repeat(32 * 1024))
        const write = () => {
          while (!response.destroyed) if (!response.write(piece)) break
        }
        response.on('drain', write)
        write()
      },
    })
    const signal = new AbortController().signal
    const seen = await collectEvents(engine.streamCompletion({ model: 'm', messages: [], signal }))
    expect(endOf(seen)).toBe('length')
    expect(seen.text.length).toBeLessThan(4.1 * 1024 * 1024)
  })
})
