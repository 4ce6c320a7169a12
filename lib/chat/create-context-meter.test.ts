import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type StubEngine, startStubEngine } from '@/e2e/stub/start-stub-engine'
import { AppError } from '@/lib/domain/error'
import type { ChatMessage } from '@/lib/domain/message'
import { createEngine } from '@/lib/engine/create-engine'
import type { Engine } from '@/lib/engine/engine'
import { MODEL } from './__fixtures__/traced-chat'
import { createContextMeter } from './create-context-meter'

let stub: StubEngine
let engine: Engine
let nowMs: number
let entered: string[]

beforeEach(async () => {
  stub = await startStubEngine({ scenario: { maxModelLen: 1000 } })
  engine = createEngine({ baseUrl: `${stub.url}/v1` })
  nowMs = 0
  entered = []
})
afterEach(async () => {
  await engine.close()
  await stub.close()
})

const words = (count: number) => Array.from({ length: count }, (_, n) => `w${n % 10}`).join(' ')

/** Turns of so many words a question; the answers have a word. */
function branch(sizes: readonly number[], trimmedTurns = 0): ChatMessage[] {
  return sizes.flatMap((size, n): ChatMessage[] => {
    const shared = { threadId: 'thread', createdAtMs: 0 }
    const parentId = n === 0 ? null : `reply-${n - 1}`
    return [
      { ...shared, id: `question-${n}`, parentId, role: 'user', text: words(size) },
      {
        ...shared,
        id: `reply-${n}`,
        parentId: `question-${n}`,
        role: 'assistant',
        runId: 'run',
        text: 'yes',
        reasoning: '',
        status: 'complete',
        ...(n === trimmedTurns - 1 ? { isTrimEnd: true } : {}),
      },
    ]
  })
}

function open(sizes: readonly number[] = [], requireModel = () => MODEL, trimmedTurns = 0) {
  const measure = createContextMeter({
    loadBranch: async (id) => (id === 'last' ? branch(sizes, trimmedTurns) : []),
    engine,
    ledger: { enter: ({ kind, cause }) => void entered.push(`${kind} ${cause}`) },
    requireModel,
    systemPrompt: words(20),
    now: () => {
      nowMs += 1000
      return nowMs
    },
  })
  const { signal } = new AbortController()
  return (text: string, parentId: string | null = sizes.length === 0 ? null : 'last') =>
    measure({ threadId: 'thread', parentId, text, signal })
}

describe('createContextMeter', () => {
  it('counts what the engine would be sent, template and all, and enters the call', async () => {
    const { tokens } = await engine.tokenize({
      model: MODEL,
      messages: [
        { role: 'system', content: words(20) },
        { role: 'user', content: 'draft' },
      ],
    })
    expect(await open()('draft')).toEqual({
      promptTokens: tokens.length,
      maxModelLen: 1000,
      isTooLong: false,
    })
    expect(entered).toEqual(['tokenize context-meter'])
  })

  it('names the oldest turns that have to go, and what is then left fits', async () => {
    const sizes = [200, 150, 150, 50]
    const result = await open(sizes)(words(50))
    expect(result).toMatchObject({ maxModelLen: 1000, isTooLong: true })
    expect(result.trim?.isEnough).toBe(true)
    const dropped = result.trim?.questionIds.length ?? 0
    expect(result.trim?.questionIds).toEqual(
      Array.from({ length: dropped }, (_, n) => `question-${n}`),
    )
    const rest = (from: number) => open(sizes.slice(from))(words(50))
    const kept = await rest(dropped)
    expect(kept.isTooLong).toBe(false)
    expect(kept.promptTokens).toBe(result.trim?.promptTokens)
    // One turn fewer would not have left room for an answer.
    const more = await rest(dropped - 1)
    expect(more.promptTokens ?? 1001).toBeGreaterThan(1000 - 250)
  })

  it('offers it before the limit too, counting no more turns than have to go', async () => {
    const result = await open([180, 120, 80])(words(50))
    expect(result).toMatchObject({ isTooLong: false, trim: { questionIds: ['question-0'] } })
    expect(result.trim?.throughId).toBe('reply-0')
    expect(entered).toHaveLength(2)
    const kept = await open([120, 80])(words(50))
    expect(kept.promptTokens).toBe(result.trim?.promptTokens)
    expect(kept).not.toHaveProperty('trim')
  })

  it('counts only what a trim leaves of the branch, and offers only that', async () => {
    const trimmed = await open([300, 180, 120, 80], undefined, 1)(words(50))
    const short = await open([180, 120, 80])(words(50))
    expect(trimmed.promptTokens).toBe(short.promptTokens)
    expect(trimmed.trim).toMatchObject({ questionIds: ['question-1'], throughId: 'reply-1' })
  })

  it('says when even the newest question alone is too long', async () => {
    const result = await open([10])(words(3000))
    expect(result).toMatchObject({
      isTooLong: true,
      trim: { questionIds: ['question-0'], isEnough: false },
    })
    expect(result).not.toHaveProperty('promptTokens')
  })

  it('counts each turn of a long thread once', async () => {
    const measure = open([300, 300, 300])
    await measure('a')
    const first = entered.length
    await measure('b')
    expect(entered.length - first).toBe(first - 3)
  })

  it('refuses what comes too fast, and keeps nothing waiting', async () => {
    const { signal } = new AbortController()
    const measure = createContextMeter({
      loadBranch: async () => [],
      engine,
      ledger: { enter: () => undefined },
      requireModel: () => MODEL,
      systemPrompt: 'x',
      now: () => nowMs,
    })
    const ask = () => measure({ threadId: 't', parentId: null, text: 'x', signal })
    const first = ask()
    await expect(ask()).rejects.toMatchObject({ code: 'engine_busy' })
    await first
    nowMs += 100
    await expect(ask()).resolves.toMatchObject({ isTooLong: false })
  })

  it('passes on that the engine is not ready, or that the answer before is none of the thread', async () => {
    const refuse = () => {
      throw new AppError('engine_not_ready')
    }
    await expect(open([], refuse)('x')).rejects.toMatchObject({ code: 'engine_not_ready' })
    await expect(open()('x', 'nobody')).rejects.toMatchObject({ code: 'message_not_found' })
    expect(entered).toEqual([])
  })
})
