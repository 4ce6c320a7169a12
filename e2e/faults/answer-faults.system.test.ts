import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { toRequest } from '../harness/chat-client.ts'
import { readRssBytes } from '../harness/inspect-server.ts'
import type { FaultyAnswer, ScenarioPatch } from '../stub/scenario.ts'
import { askAndSee, holdSystem, type Outcome } from './hold-system.ts'

const KEY = 'sk-canary-0123456789'
const system = holdSystem({ env: { OPENAI_API_KEY: KEY }, scenario: { apiKey: KEY } })

const sentences: Record<string, { text: string; remedy: string }> = JSON.parse(
  readFileSync(new URL('../../lib/i18n/messages/en.json', import.meta.url), 'utf8'),
).errors

const MIB = 1024 * 1024

/** The one shape of every fault: seen, stored and logged under one code, asked of the engine once. */
function expectFault(outcome: Outcome, fault: { code: string; status: string }): void {
  const { copy, stored, log, generations, question } = outcome
  const { code, status } = fault
  expect(copy.finish).toMatchObject({ status, error: { code } })
  expect(sentences[code]?.text).toMatch(/\w/)
  expect(stored).toMatchObject({ status, error: { code }, text: copy.text })
  expect(question?.text).toBe(outcome.request.message.text)
  expect(log.filter((line) => line.msg === 'a reply met an error')).toMatchObject([{ code }])
  expect(log.filter((line) => line.msg === 'a reply ended')).toMatchObject([{ code, status }])
  expect(generations).toHaveLength(1)
}

/** Nothing of what the engine wrote beside an answer goes further than its log. */
function expectSecret(outcome: Outcome, secret: string): void {
  const { copy, stored, error } = outcome
  expect(JSON.stringify({ copy, stored, error })).not.toContain(secret)
}

const error = (more: Partial<FaultyAnswer>): { error: FaultyAnswer } => ({
  error: { when: 'first', afterTokens: 0, status: 500, shape: 'nested', ...more },
})

describe('a stream that goes wrong', () => {
  it('F16 malformed lines: a few are skipped, too many end the answer with what had come', async () => {
    const few = await askAndSee({ system: system(), scenario: { malformedLines: 5 } })
    expect(few.copy.finish?.status).toBe('complete')
    expect(few.stored?.text).toBe(few.generations[0]?.textSent)
    const many = await askAndSee({
      system: system(),
      scenario: { malformedLines: 40, tokenCount: 20 },
    })
    expectFault(many, { code: 'engine_malformed', status: 'failed' })
    expect(many.copy.text).toBe(many.generations[0]?.textSent.slice(0, many.copy.text.length))
    expect(many.copy.text).not.toBe('')
    expect(many.copy.finish?.error?.details).toMatchObject({ lines: 21 })
  })

  it.each([
    [1, false],
    [2, true],
    [3, false],
    [5, true],
    [7, true],
    [64, false],
  ])(
    'F17 pieces cut within characters, lines and events: the same text with pieces of %i bytes, CRLF %s',
    async (splitBytes, crlf) => {
      const text = 'größer 你好 👍🏽 👨‍👩‍👧 "quoted" \\u0041\n\ndata: [DONE]\n\u2028 Привет שלום'
      const outcome = await askAndSee({ system: system(), scenario: { splitBytes, crlf, text } })
      expect(outcome.copy).toMatchObject({ text, problems: [], finish: { status: 'complete' } })
      expect(outcome.stored?.text).toBe(text)
    },
  )

  it('F18 a line of 16 MB: ends the answer, keeps what had come, takes no memory, closes the socket', async () => {
    const before = readRssBytes(system().pid())
    const outcome = await askAndSee({
      system: system(),
      scenario: { giantLineBytes: 16 * MIB, tokenCount: 20 },
    })
    expectFault(outcome, { code: 'engine_line_too_large', status: 'failed' })
    expect(outcome.copy.text).not.toBe('')
    expect(outcome.generations[0]?.closedBy).toBe('client')
    expect(readRssBytes(system().pid()) - before).toBeLessThan(64 * MIB)
  })

  it('F19 nothing but [DONE]: says that the engine returned nothing', async () => {
    const outcome = await askAndSee({ system: system(), scenario: { bareDone: true } })
    expectFault(outcome, { code: 'engine_empty', status: 'failed' })
    expect(outcome.stored?.text).toBe('')
  })

  it('F20 a finish without [DONE]: is complete', async () => {
    const outcome = await askAndSee({ system: system(), scenario: { noDone: true } })
    expect(outcome.copy.finish).toMatchObject({ status: 'complete', finishReason: 'stop' })
    expect(outcome.stored?.text).toBe(outcome.generations[0]?.textSent)
  })

  it('F21 an answer cut by its length: is complete, and says why it ended', async () => {
    const outcome = await askAndSee({ system: system(), scenario: { finishReason: 'length' } })
    expect(outcome.copy.finish).toMatchObject({ status: 'complete', finishReason: 'length' })
    expect(outcome.stored).toMatchObject({ status: 'complete', finishReason: 'length' })
  })

  it('F22 an error event in the middle: the text before it stays, its message stays in the server', async () => {
    const message = `CUDA error at /home/someone/kernel.cu with ${KEY}`
    const scenario = error({ when: 'mid', afterTokens: 6, message })
    const outcome = await askAndSee({ system: system(), scenario: { ...scenario, tokenCount: 30 } })
    expectFault(outcome, { code: 'engine_failed', status: 'failed' })
    expect(outcome.copy.text).toBe(outcome.generations[0]?.textSent)
    expectSecret(outcome, 'CUDA')
    expect(system().app.output()).not.toContain(KEY)
  })

  it('F32 ten times more text than there may be: is cut at the hard cap, and the engine let go', async () => {
    const tokens = Array.from({ length: 400 }, (_, index) => `${index} `.padEnd(50_000, 'x'))
    const outcome = await askAndSee({
      system: system(),
      scenario: { tokens, tokenDelayMs: 10, maxModelLen: 10_000_000 },
    })
    const { copy, stored, generations } = outcome
    expect(copy.finish).toMatchObject({ status: 'complete', finishReason: 'length' })
    expect(copy.text.length).toBeLessThan(5 * MIB)
    expect(tokens.join('').startsWith(copy.text)).toBe(true)
    expect(stored?.text).toBe(copy.text)
    expect(generations[0]?.closedBy).toBe('client')
  })
})

describe('an engine that refuses', () => {
  it('F23 a context that is too long: says both figures and keeps the question', async () => {
    const text = 'word '.repeat(400)
    const outcome = await askAndSee({
      system: system(),
      scenario: { maxModelLen: 300 },
      request: toRequest({ text }),
    })
    expectFault(outcome, { code: 'engine_context_too_long', status: 'failed' })
    const details = outcome.copy.finish?.error?.details
    expect(details).toMatchObject({ maxTokens: 300 })
    expect(Number(details?.promptTokens)).toBeGreaterThan(300)
  })

  it.each([401, 403])(
    'F24 a refused key, HTTP %i: one sentence, and the key in no byte of it',
    async (status) => {
      const scenario = error({ status, shape: 'unauthorized', message: `bad key ${KEY}` })
      const outcome = await askAndSee({ system: system(), scenario })
      expectFault(outcome, { code: 'engine_unauthorized', status: 'failed' })
      expectSecret(outcome, KEY)
      expect(system().app.output()).not.toContain(KEY)
    },
  )

  it.each([
    [404, 'NotFoundError', 'The model `x` does not exist.', 'engine_model_not_found'],
    [404, 'NotFoundError', 'Not Found', 'engine_path_not_found'],
    [405, 'BadRequestError', 'Method Not Allowed', 'engine_path_not_found'],
  ])('F25 not what is served there: HTTP %i %s %s is %s', async (status, type, message, code) => {
    const outcome = await askAndSee({
      system: system(),
      scenario: error({ status, type, message }),
    })
    expectFault(outcome, { code, status: 'failed' })
  })

  it('F26 a body that is too large: ours is refused unread with the limit, and nothing is kept of it', async () => {
    const request = toRequest({ text: 'x'.repeat(2 * MIB) })
    const outcome = await askAndSee({ system: system(), request })
    expect(outcome).toMatchObject({ end: 'refused', status: 413, generations: [] })
    expect(outcome.error).toMatchObject({ code: 'body_too_large', details: { limitMib: 1 } })
    expect((await system().client.thread(request.threadId)).status).toBe(404)
    const byEngine = await askAndSee({ system: system(), scenario: error({ status: 413 }) })
    expectFault(byEngine, { code: 'body_too_large', status: 'failed' })
  })

  it.each([
    ['7', 7],
    ['100000', 60],
    ['0', 1],
  ])(
    'F27 too many requests: Retry-After %s is told as %i s, and nothing is repeated by itself',
    async (value, seconds) => {
      const scenario = error({ status: 429, headers: { 'retry-after': value } })
      const outcome = await askAndSee({ system: system(), scenario })
      expectFault(outcome, { code: 'engine_busy', status: 'failed' })
      expect(outcome.copy.finish?.error?.details).toMatchObject({ retryAfterSeconds: seconds })
    },
  )

  it.each([
    [500, 'engine_failed'],
    [502, 'engine_proxy'],
    [504, 'engine_proxy'],
  ])('F28 HTTP %i: one sentence and a retry that gives a second answer', async (status, code) => {
    const outcome = await askAndSee({
      system: system(),
      scenario: error({ status, message: 'out of luck' }),
    })
    expectFault(outcome, { code, status: 'failed' })
    const { threadId, message } = outcome.request
    system().stub.control.patch({ error: null })
    await system().app.untilReady()
    const retry = toRequest({ threadId, messageId: message.id, text: message.text })
    const second = await askAndSee({ system: system(), request: retry })
    expect(second.stored).toMatchObject({ status: 'complete', parentId: message.id })
  })

  it('F29 a web page where a stream is due: is no engine, and none of it is shown', async () => {
    const outcome = await askAndSee({ system: system(), scenario: { html: true } })
    expectFault(outcome, { code: 'engine_wrong_content_type', status: 'failed' })
    expectSecret(outcome, 'nginx')
  })

  it.each([301, 302, 307, 308])(
    'F30 a redirect to another host, HTTP %i: is not followed, and the key is not sent on',
    async (redirectStatus) => {
      let visits = 0
      const other = createServer((_, response) => {
        visits += 1
        response.end()
      })
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
      const address = other.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      const scenario: ScenarioPatch = {
        redirectTo: `http://127.0.0.1:${port}/v1/chat/completions?secret`,
        redirectStatus,
      }
      const outcome = await askAndSee({ system: system(), scenario })
      other.close()
      expectFault(outcome, { code: 'engine_redirected', status: 'failed' })
      expect(outcome.copy.finish?.error?.details).toMatchObject({ host: `127.0.0.1:${port}` })
      expectSecret(outcome, 'secret')
      expect(visits).toBe(0)
    },
  )
})
