import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { toEngineError, toStreamErrorEvent } from './engine-error'

const fixtures = fileURLToPath(new URL('./__fixtures__/', import.meta.url))

function recorded(file: string) {
  const [head = '', body = ''] = readFileSync(`${fixtures}${file}`, 'utf8').split(/\r?\n\r?\n/, 2)
  const [statusLine = '', ...lines] = head.split(/\r?\n/)
  const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s).slice(0, 2)))
  return { status: Number(statusLine.split(' ')[1]), body, headers }
}

function failure(options: {
  status: number
  message?: string
  param?: string
  type?: string
  headers?: Record<string, string>
}) {
  const { status, message = '', param = null, type = 'BadRequestError', headers = {} } = options
  return toEngineError({
    status,
    body: JSON.stringify({ error: { message, type, param, code: status } }),
    headers,
  })
}

describe('toEngineError on recorded answers of vLLM 0.32', () => {
  it.each([
    [
      'err_context',
      'engine_context_too_long',
      { status: 400, maxTokens: 4096, promptTokens: 4097, promptTokensBound: 'at-least' },
    ],
    ['err_context_full', 'engine_context_too_long', { status: 400 }],
    [
      'err_max_tokens_big',
      'engine_context_too_long',
      { status: 400, maxTokens: 4096, requestedTokens: 5000 },
    ],
    [
      'err_model',
      'engine_model_not_found',
      { status: 404, wanted: 'nope', served: 'smollm2-135m-instruct' },
    ],
    ['err_path', 'engine_path_not_found', { status: 404 }],
    ['err_method', 'engine_path_not_found', { status: 405 }],
    ['err_unauthorized', 'engine_unauthorized', { status: 401 }],
    ['err_models_unauthorized', 'engine_unauthorized', { status: 401 }],
    [
      'err_image',
      'engine_rejected',
      { status: 400, reason: 'smollm2-135m-instruct is not a multimodal model' },
    ],
    [
      'err_temperature',
      'engine_rejected',
      {
        status: 400,
        reason: 'temperature must be in [0, 2], got 9.0. (parameter=temperature, value=9.0)',
      },
    ],
    [
      'err_type',
      'engine_rejected',
      {
        status: 400,
        reason:
          'body.temperature: Input should be a valid number, unable to parse string as a number',
      },
    ],
    ['err_json', 'engine_rejected', { status: 400, reason: 'body.1: JSON decode error' }],
    [
      'err_tools',
      'engine_rejected',
      {
        status: 400,
        reason:
          '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      },
    ],
  ])('maps %s to %s', (file, code, details) => {
    const error = toEngineError(recorded(`vllm-0.32.0.${file}.http`))
    expect([error.code, error.details]).toEqual([code, details])
  })

  it('has a recorded case for every error fixture', () => {
    const files = readdirSync(fixtures).filter((name) => /\.err_/.test(name))
    expect(files).toHaveLength(13)
  })
})

describe('toEngineError on every wording of "too long"', () => {
  it.each([
    [
      "This model's maximum context length is 4096 tokens. However, you requested 6616 tokens (568 in the messages, 6048 in the completion). Please reduce the length of the messages or completion.",
      { maxTokens: 4096, promptTokens: 568, requestedTokens: 6048 },
    ],
    [
      "This model's maximum context length is 65,536 tokens. However, you requested 65535 output tokens and your prompt contains at least 2 input tokens, for a total of at least 65537 tokens.",
      { maxTokens: 65536, promptTokens: 2, promptTokensBound: 'at-least', requestedTokens: 65535 },
    ],
    [
      "'max_tokens' or 'max_completion_tokens' is too large: 6000. This model's maximum context length is 4096 tokens and your request has 200 input tokens (6000 > 4096 - 200).",
      { maxTokens: 4096, promptTokens: 200, requestedTokens: 6000 },
    ],
    [
      "This model's maximum context length is 8192 tokens. However, your prompt contains 900000 characters (more than 131072 characters, which is the upper bound for 8192 input tokens).",
      { maxTokens: 8192, promptCharacters: 900000 },
    ],
    [
      'The decoder prompt (length 40013) is longer than the maximum model length of 32768. Make sure that `max_model_len` is no smaller than the number of text tokens.',
      { maxTokens: 32768, promptTokens: 40013 },
    ],
    [
      'The prompt (total length 9000) is too long to fit into the model (context length 4096).',
      { maxTokens: 4096, promptTokens: 9000 },
    ],
    [
      "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
      { maxTokens: 4096, promptTokens: 5000 },
    ],
  ])('reads %s', (message, details) => {
    const error = failure({ status: 400, message })
    expect([error.code, error.details]).toEqual([
      'engine_context_too_long',
      { status: 400, ...details },
    ])
  })

  it('knows it by the parameter when the sentence is new', () => {
    expect(failure({ status: 400, message: 'No.', param: 'input_tokens' }).code).toBe(
      'engine_context_too_long',
    )
  })

  it("reads llama.cpp's figures", () => {
    const body =
      '{"error":{"code":400,"message":"request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":5000,"n_ctx":4096}}'
    const error = toEngineError({ status: 400, body, headers: {} })
    expect(error.details).toEqual({ status: 400, maxTokens: 4096, promptTokens: 5000 })
  })
})

describe('toEngineError on the other shapes and states', () => {
  it.each([
    [
      400,
      '{"object":"error","message":"top_p must be in (0, 1]","type":"BadRequestError","param":null,"code":400}',
      'engine_rejected',
    ],
    [422, '{"detail":[{"loc":["body","messages"],"msg":"field required"}]}', 'engine_rejected'],
    [
      404,
      '{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}',
      'engine_model_not_found',
    ],
    [404, '<html><body>nginx</body></html>', 'engine_proxy'],
    [403, '<html>Forbidden</html>', 'engine_unauthorized'],
    [413, '<html>Request Entity Too Large</html>', 'body_too_large'],
    [
      500,
      '{"error":{"message":"EngineCore encountered an issue. See stack trace (above) for the root cause.","type":"InternalServerError","param":null,"code":500}}',
      'engine_died',
    ],
    [
      500,
      '{"error":{"message":"","type":"InternalServerError","param":null,"code":500}}',
      'engine_failed',
    ],
    [500, 'Internal Server Error', 'engine_failed'],
    [502, '', 'engine_proxy'],
    [504, '{"error":"upstream"}', 'engine_proxy'],
    [503, '<!DOCTYPE html><title>503</title>', 'engine_proxy'],
    [503, '{"error":"The model is currently scaling. Please try again later."}', 'engine_busy'],
    [503, '', 'engine_busy'],
    [429, 'slow down', 'engine_busy'],
    [408, '', 'engine_timeout'],
    [307, '', 'engine_redirected'],
    [418, 'null', 'engine_rejected'],
    [400, '{"error":null}', 'engine_rejected'],
  ])('maps %i with %s to %s', (status, body, code) => {
    expect(toEngineError({ status, body, headers: {} }).code).toBe(code)
  })

  it.each([
    ['7', 7],
    ['0', 1],
    ['86400', 60],
    ['1.2', 2],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 1],
    ['soon', undefined],
    ['', undefined],
  ])('takes Retry-After %s as %s seconds', (value, seconds) => {
    const error = toEngineError({
      status: 429,
      body: '',
      headers: new Headers({ 'retry-after': value }),
      nowMs: () => Date.parse('2026-11-24T12:00:00Z'),
    })
    expect(error.details?.retryAfterSeconds).toBe(seconds)
  })

  it('says where a redirect would have led, without path and query', () => {
    const headers = { Location: 'https://login.example.org/sso?token=abc' }
    expect(toEngineError({ status: 302, body: '', headers }).details).toEqual({
      status: 302,
      host: 'login.example.org',
    })
  })

  it('shows no markup, path, URL, key or control character, and at most 300 characters', () => {
    const error = toEngineError({
      status: 400,
      body: JSON.stringify({
        error: `bad \u0000<b onclick=x>thing</b> at /srv/models/secret.py, https://u:p@host/x?k=1 with Bearer abc.def and sk-abcdefghijklmnopqrstuvwxyz and s3cr3t-key ${'long '.repeat(200)}`,
      }),
      headers: {},
      apiKey: 's3cr3t-key',
    })
    const reason = String(error.details?.reason)
    expect(reason.length).toBeLessThanOrEqual(300)
    expect(reason).toMatch(
      /^bad …thing… at \[path\], \[url\] with \[key\] and \[key\] and \[key\] long/,
    )
    expect(String(error.cause)).not.toMatch(/s3cr3t|secret\.py|abcdefghij/)
  })

  it('keeps the name of a model in a reason', () => {
    const error = failure({
      status: 400,
      message: 'Qwen/Qwen3-4B-Instruct-2507 is not a multimodal model',
    })
    expect(error.details?.reason).toBe('Qwen/Qwen3-4B-Instruct-2507 is not a multimodal model')
  })

  it('gives no details of an unauthorized answer, which may repeat the key', () => {
    const error = failure({ status: 401, message: 'Incorrect API key provided: my-own-key' })
    expect(error.details).toEqual({ status: 401 })
  })
})

describe('toStreamErrorEvent', () => {
  it.each([
    [
      {
        error: {
          message: 'EngineCore encountered an issue. See stack trace (above) for the root cause.',
          type: 'InternalServerError',
          param: null,
          code: 500,
        },
      },
      'engine_died',
    ],
    [
      { message: 'Internal server error', type: 'InternalServerError', param: null, code: 500 },
      'engine_failed',
    ],
    [
      {
        error: {
          message: 'The engine is currently busy and cannot accept new requests.',
          type: 'Service Unavailable',
          code: 503,
        },
      },
      'engine_busy',
    ],
    [
      {
        error: {
          message: "This model's maximum context length is 10 tokens.",
          param: 'input_tokens',
          code: 400,
        },
      },
      'engine_context_too_long',
    ],
    [{ error: 'boom' }, 'engine_failed'],
    [{ error: { message: 'x', code: 'server_error' } }, 'engine_failed'],
    [null, 'engine_failed'],
    [[1, 2], 'engine_failed'],
  ])('maps %j to %s', (event, code) => {
    expect(toStreamErrorEvent(event).code).toBe(code)
  })
})
