import { afterEach, describe, expect, it } from 'vitest'
import {
  closeFakeServers,
  PROMPT_TOKENS,
  QUESTION,
  start,
} from './__fixtures__/open-fake-servers.ts'

afterEach(closeFakeServers)

describe('what is refused', () => {
  it('says that a prompt is too long in vLLM’s words', async () => {
    const fake = await start({ maxModelLen: 64 })
    const response = await fake.post('/v1/chat/completions', {
      messages: [{ role: 'user', content: 'x'.repeat(100) }],
    })
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        error: {
          message:
            "This model's maximum context length is 64 tokens. However, your prompt contains at least 65 input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=65)",
          type: 'BadRequestError',
          param: 'input_tokens',
          code: 400,
        },
      },
    ])
  })

  it('has no room for an answer when the prompt fills the context to the last token', async () => {
    const fake = await start({ maxModelLen: PROMPT_TOKENS })
    const response = await fake.post('/v1/chat/completions', QUESTION)
    expect(await response.json()).toMatchObject({
      error: { message: 'max_tokens must be at least 1, got 0. (parameter=max_tokens, value=0)' },
    })
  })

  it('cuts max_tokens to what the context still holds', async () => {
    const fake = await start({ maxModelLen: PROMPT_TOKENS + 3, reply: 'abcdefg' })
    const response = await fake.post('/v1/chat/completions', { ...QUESTION, max_tokens: 10 })
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: 'abc' }, finish_reason: 'length' }],
    })
  })

  const refusals: [string, string, RequestInit | undefined, number, unknown][] = [
    ['an unknown path', '/v1/nothing', undefined, 404, { detail: 'Not Found' }],
    ['a wrong method', '/v1/chat/completions', undefined, 405, { detail: 'Method Not Allowed' }],
    ['HEAD /health', '/health', { method: 'HEAD' }, 405, undefined],
  ]
  it.each(refusals)('answers %s as vLLM does', async (_name, path, init, status, body) => {
    const fake = await start()
    const response = await fetch(`${fake.url}${path}`, init)
    expect(response.status).toBe(status)
    if (body !== undefined) expect(await response.json()).toEqual(body)
  })

  const bodies: [string, string, RegExp][] = [
    ['broken JSON', '{"a"', /json_invalid/],
    ['an empty body', '', /'type': 'missing', 'loc': 'body'/],
    ['a list', '[]', /model_attributes_type.*<list of 0 items>/],
  ]
  it.each(bodies)('refuses %s with a validation error', async (_name, body, message) => {
    const fake = await start()
    const response = await fake.post('/v1/chat/completions', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { type: 'Bad Request', message: expect.stringMatching(message) },
    })
  })

  it('takes JSON only, so that no page of another origin can ask without a preflight', async () => {
    const fake = await start()
    const response = await fake.post('/v1/chat/completions', QUESTION, {
      headers: { 'content-type': 'text/plain' },
    })
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("Only 'application/json' is allowed") },
    })
    const preflight = await fetch(`${fake.url}/v1/chat/completions`, { method: 'OPTIONS' })
    expect(preflight.status).toBe(405)
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('names the model that it has when another is asked for', async () => {
    const fake = await start()
    const response = await fake.post('/v1/chat/completions', { ...QUESTION, model: 'nope' })
    expect([response.status, await response.json()]).toEqual([
      404,
      {
        error: {
          message: 'The model `nope` does not exist. Valid aliases: tiny.',
          type: 'NotFoundError',
          param: 'model',
          code: 404,
        },
      },
    ])
  })
})
