import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '@/lib/domain/error'
import { buildWarmUpMessages } from '@/lib/prompt/build-messages'
import { MODEL, PROMPT, setUpTracedChat, type TracedChat } from './__fixtures__/traced-chat'
import { loadReplyTrace } from './load-reply-trace'

let chat: TracedChat
afterEach(() => chat.close())

const LONG = Array.from({ length: 30 }, (_, n) => `word${n}`).join(' ')

async function prefixOf(id: string) {
  return (await chat.traced(id)).record.prefix
}

describe('the record of a reply', () => {
  it('has its arrivals, ids, versions, sampling and what it was sent with', async () => {
    chat = await setUpTracedChat({ scenario: { tokens: ['a', 'b', 'c', 'd'] } })
    const id = await chat.ask({ text: 'Hi', sampling: { temperature: 0.5 } })
    const { record, systemPrompt, reply } = await chat.traced(id)
    const [sent] = chat.stub.control.requests({ path: '/v1/chat/completions' })
    expect(record).toMatchObject({
      url: `${chat.stub.url}/v1/chat/completions`,
      requestModel: MODEL,
      sampling: { temperature: 0.5 },
      deltaCount: 4,
      completionId: `chatcmpl-${reply.runId}`,
      systemFingerprint: expect.stringContaining('0.32.0'),
      engineVersion: '0.32.0',
      activity: { aheadRequests: 0, generationTokens: 5, processStartedAtMs: expect.any(Number) },
      flags: [],
    })
    expect(systemPrompt).toBe(PROMPT)
    expect(sent?.headers).toMatchObject(record.headers)
    expect(record.arrivalOffsetsMs).toHaveLength(3)
    expect(record.arrivalOffsetsMs).toEqual(record.arrivalOffsetsMs.toSorted((a, b) => a - b))
  })

  it('is made of a reply that failed, and its one call is in the ledger', async () => {
    chat = await setUpTracedChat()
    await chat.stub.control.act({ action: 'stop' })
    const id = await chat.ask({ text: 'Hi' })
    const { reply, record } = await chat.traced(id)
    expect(reply.status).toBe('failed')
    expect(record).toMatchObject({ deltaCount: 0, arrivalOffsetsMs: [], flags: [] })
    expect(record.prefix).toEqual({ reason: 'not-reported', blockSizeTokens: 16 })
    expect(await chat.ledger.list({ limit: 9, messageId: id })).toMatchObject([
      { kind: 'generation', cause: 'turn', outcome: 'failed' },
    ])
  })

  it('hurts no answer when it cannot be stored', async () => {
    chat = await setUpTracedChat({
      tracer: {
        store: {
          saveRecord: () => Promise.reject(new AppError('storage_failed')),
          savePrefix: () => Promise.reject(new AppError('storage_failed')),
          loadTrace: async () => undefined,
          loadRequestBefore: async () => undefined,
          loadLastSeen: () => Promise.reject(new AppError('storage_failed')),
        },
      },
    })
    const id = await chat.ask({ text: 'Hi' })
    await chat.tracer().settled()
    expect(await chat.store.loadThread('thread')).toMatchObject({
      messages: [{}, { id, status: 'complete' }],
    })
    expect(chat.logged).toContain('a reply could not be traced')
  })
})

describe('the flags of a reply', () => {
  it('tell of seven others that ran beside it', async () => {
    chat = await setUpTracedChat({ scenario: { tokens: ['a', 'b', 'c'], tokenDelayMs: 900 } })
    const others = Array.from({ length: 7 }, (_, n) => chat.ask({ text: 'Hi', threadId: `t${n}` }))
    await chat.stub.control.waitForStatus({ is: { running: 7 } })
    await chat.look()
    const id = await chat.ask({ text: 'Hi' })
    await Promise.all(others)
    const { record } = await chat.traced(id)
    expect(record.flags).toMatchObject([{ code: 'shared-the-engine', details: { requests: 7 } }])
  })

  it('tell of others that it waited behind', async () => {
    chat = await setUpTracedChat({ scenario: { maxNumSeqs: 1, tokens: ['a'], ttftMs: 1200 } })
    const first = chat.ask({ text: 'Hi', threadId: 'other' })
    await chat.stub.control.waitForStatus({ is: { running: 1 } })
    await chat.look()
    const { record, reply } = await chat.traced(await chat.ask({ text: 'Hi' }))
    await first
    expect(reply.timing?.queueMs).toBeGreaterThan(50)
    expect(record.flags[0]).toEqual({
      code: 'waited-behind-others',
      details: { requests: 1, queueMs: reply.timing?.queueMs },
    })
  })

  it('tell of the first reply after a restart of the engine, and of that one only', async () => {
    chat = await setUpTracedChat({ scenario: { tokens: ['a'] } })
    const first = await chat.ask({ text: 'Hi' })
    await chat.traced(first)
    await chat.restartEngine()
    const second = await chat.ask({ text: 'Hi', parentId: first })
    const third = await chat.ask({ text: 'Hi', parentId: second })
    const codes = async (id: string) => (await chat.traced(id)).record.flags.map(({ code }) => code)
    expect(await codes(first)).toEqual([])
    expect(await codes(second)).toEqual(['cold-after-restart'])
    expect(await codes(third)).toEqual([])
    await chat.restartServer()
    await chat.look()
    const fourth = await chat.ask({ text: 'Hi', parentId: third })
    expect(await codes(fourth)).toEqual([])
  })
})

describe('the prefix guard', () => {
  it('predicts over ten turns what the engine reports', async () => {
    chat = await setUpTracedChat()
    let parentId: string | null = null
    for (let turn = 1; turn <= 10; turn += 1) {
      const id: string = await chat.ask({ text: `Question ${turn}: ${LONG}`, parentId })
      const prefix = await prefixOf(id)
      expect(prefix, `turn ${turn}`).toMatchObject({ blockSizeTokens: 16 })
      expect(prefix?.predictedTokens, `turn ${turn}`).toBe(prefix?.reportedTokens)
      expect(prefix?.reason).toBe(turn === 1 ? 'first-request' : 'as-predicted')
      parentId = id
    }
  })

  it('counts on the warm-up for the first request of a process', async () => {
    chat = await setUpTracedChat()
    await chat.engine.completeOneToken({
      model: MODEL,
      messages: buildWarmUpMessages(PROMPT),
      timeoutMs: 1000,
    })
    chat.tracer().noteWarmUp()
    const prefix = await prefixOf(await chat.ask({ text: LONG }))
    expect(prefix).toMatchObject({ reason: 'as-predicted' })
    expect(prefix?.predictedTokens).toBe(prefix?.reportedTokens)
    expect(prefix?.predictedTokens).toBeGreaterThan(100)
  })

  it('names the token where one byte of the prompt has changed', async () => {
    chat = await setUpTracedChat()
    const first = await chat.ask({ text: LONG })
    await chat.traced(first)
    await chat.restartServer(PROMPT.replace('rule40', 'rulf40'))
    const prefix = await prefixOf(await chat.ask({ text: LONG, parentId: first }))
    const { tokens: before } = await chat.engine.tokenize({
      model: MODEL,
      messages: [{ role: 'system', content: PROMPT }],
    })
    const { tokens: after } = await chat.engine.tokenize({
      model: MODEL,
      messages: [{ role: 'system', content: PROMPT.replace('rule40', 'rulf40') }],
    })
    const changedAt = before.findIndex((token, at) => token !== after[at])
    expect(prefix).toMatchObject({
      reason: 'changed',
      changedAtToken: changedAt,
      commonPrefixTokens: changedAt,
      predictedTokens: Math.floor(changedAt / 16) * 16,
    })
    expect(prefix?.predictedTokens).toBe(prefix?.reportedTokens)
    expect(prefix?.changedText).toMatch(/rule39⟦ rulf⟧40 rule41/)
  })

  it('sees a change of the question on another branch', async () => {
    chat = await setUpTracedChat()
    const first = await chat.ask({ text: LONG })
    await chat.traced(await chat.ask({ text: `${LONG} one`, parentId: first }))
    const prefix = await prefixOf(await chat.ask({ text: `${LONG} two`, parentId: first }))
    expect(prefix).toMatchObject({
      reason: 'changed',
      changedText: expect.stringContaining('⟦ two⟧'),
    })
    expect(prefix?.predictedTokens).toBe(prefix?.reportedTokens)
  })

  it('says trimmed when the oldest turns were left out, and when they are sent again', async () => {
    chat = await setUpTracedChat()
    const first = await chat.ask({ text: LONG })
    const second = await chat.ask({ text: `${LONG} again`, parentId: first })
    await chat.traced(second)
    const trim = { threadId: 'thread', replyId: first }
    await chat.store.saveTrim({ ...trim, isTrimEnd: true })
    const third = await chat.ask({ text: 'without the first', parentId: second })
    const trimmed = await prefixOf(third)
    expect(trimmed).toMatchObject({ reason: 'trimmed', changedText: expect.stringContaining('⟦') })
    expect(trimmed?.predictedTokens).toBe(trimmed?.reportedTokens)
    const fourth = await chat.ask({ text: 'and on', parentId: third })
    expect(await prefixOf(fourth)).toMatchObject({ reason: 'as-predicted' })
    await chat.store.saveTrim({ ...trim, isTrimEnd: false })
    const fifth = await chat.ask({ text: 'with all of it', parentId: fourth })
    expect(await prefixOf(fifth)).toMatchObject({ reason: 'trimmed' })
    const present = { url: 'http://engine/v1', systemPrompt: PROMPT }
    const sent = chat.stub.control.requests({ path: '/v1/chat/completions' })
    for (const [index, messageId] of [first, second, third, fourth, fifth].entries()) {
      const trace = await loadReplyTrace({ messageId, ...chat.traces, present })
      expect(trace?.request.body.messages).toEqual(JSON.parse(sent[index]?.body ?? '').messages)
      expect(trace?.leftOutTurns).toBe(index === 2 || index === 3 ? 1 : undefined)
    }
  })

  it('goes by the branch when that holds more than the last request', async () => {
    chat = await setUpTracedChat()
    const first = await chat.ask({ text: LONG })
    const other = await chat.ask({ text: 'Another beginning', parentId: null })
    expect((await prefixOf(other))?.reason).toBe('changed')
    const prefix = await prefixOf(await chat.ask({ text: 'Go on', parentId: first }))
    expect(prefix).toMatchObject({ reason: 'as-predicted' })
    expect(prefix?.predictedTokens).toBe(prefix?.reportedTokens)
  })

  it('says evicted when the engine has lost what it held', async () => {
    chat = await setUpTracedChat()
    const first = await chat.ask({ text: LONG })
    await chat.traced(first)
    await chat.stub.control.act({ action: 'clear-cache' })
    const prefix = await prefixOf(await chat.ask({ text: LONG, parentId: first }))
    expect(prefix).toMatchObject({ reason: 'evicted', reportedTokens: 0 })
    expect(prefix?.predictedTokens).toBeGreaterThan(100)
  })

  it('says first-request after a restart, which took the cache with it', async () => {
    chat = await setUpTracedChat()
    const first = await chat.ask({ text: LONG })
    await chat.traced(first)
    await chat.restartEngine()
    const prefix = await prefixOf(await chat.ask({ text: LONG, parentId: first }))
    expect(prefix).toMatchObject({ reason: 'first-request', predictedTokens: 0, reportedTokens: 0 })
  })

  it('says not-reported, with its prediction, where the engine does not say', async () => {
    chat = await setUpTracedChat({ scenario: { includeCachedTokens: false } })
    const first = await chat.ask({ text: LONG })
    const prefix = await prefixOf(await chat.ask({ text: LONG, parentId: first }))
    expect(prefix).toMatchObject({ reason: 'not-reported', predictedTokens: expect.any(Number) })
    expect(prefix).not.toHaveProperty('reportedTokens')
  })

  it('says shorter-than-block for a large block', async () => {
    chat = await setUpTracedChat({ scenario: { blockSize: 4096 } })
    const first = await chat.ask({ text: 'Hi' })
    expect((await prefixOf(first))?.reason).toBe('shorter-than-block')
  })

  it('asks nothing of an engine at which requests wait', async () => {
    chat = await setUpTracedChat()
    const waiting = { ...(await chat.engine.readMetrics()), waitingRequests: 3 }
    chat.engine.readMetrics = async () => waiting
    await chat.restartServer()
    const prefix = await prefixOf(await chat.ask({ text: LONG }))
    expect(prefix).toMatchObject({ reason: 'not-comparable', reportedTokens: 0 })
    expect(chat.stub.control.requests({ path: '/tokenize' })).toEqual([])
  })

  it('is in the ledger beside the one generation of its turn, and never before the answer', async () => {
    chat = await setUpTracedChat()
    const questionId = crypto.randomUUID()
    const first = await chat.ask({ text: LONG, questionId })
    await chat.traced(first)
    const again = await chat.ask({ text: LONG, questionId })
    await chat.traced(again)
    const calls = await chat.ledger.list({ limit: 99, messageId: again })
    expect(calls.filter(({ kind }) => kind === 'generation')).toMatchObject([
      { cause: 'retry', outcome: 'ok', promptTokens: expect.any(Number) },
    ])
    const tokenized = calls.filter(({ kind }) => kind === 'tokenize')
    expect(tokenized.length).toBeGreaterThan(0)
    expect(new Set(tokenized.map(({ cause }) => cause))).toEqual(new Set(['prefix-guard']))
    const [, generation] = chat.stub.control.requests({ path: '/v1/chat/completions' })
    const asked = chat.stub.control.requests({ path: '/tokenize' })
    const later = asked.filter(({ receivedAtMs }) => receivedAtMs > (generation?.receivedAtMs ?? 0))
    expect(later).toHaveLength(tokenized.length)
    expect(later.every(({ receivedAtMs }) => receivedAtMs > (generation?.endedAtMs ?? 0))).toBe(
      true,
    )
  })
})
