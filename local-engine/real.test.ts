import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRealEngine } from './__fixtures__/start-real-engine.ts'

// biome-ignore lint/style/noProcessEnv: where to install 80 MB and keep 93 MB is said to this test alone
const { LOCAL_ENGINE_TEST_DIR } = process.env

/** Kept between two runs, so that only the first installs and fetches. */
const dataDir = LOCAL_ENGINE_TEST_DIR ?? join(tmpdir(), 'first-token-local-engine-test')

const SYSTEM = {
  role: 'system',
  content: 'You are a friendly assistant who answers every question in one or two short sentences.',
}

describe('the real engine', { timeout: 180_000 }, () => {
  let engine: Awaited<ReturnType<typeof startRealEngine>>

  beforeAll(async () => {
    engine = await startRealEngine({ dataDir, maxModelLen: 8192 })
  }, 600_000)
  afterAll(() => engine.close())

  it('serves SmolLM2 with the whole context that it was trained on', async () => {
    const models = (await (await fetch(`${engine.url}/v1/models`)).json()) as { data: unknown[] }
    expect(models.data).toMatchObject([{ id: 'SmolLM2-135M-Instruct', max_model_len: 8192 }])
  })

  it('tokenizes by the model’s own template exactly as vLLM does', async () => {
    const tokens = await engine.tokenize([
      { role: 'system', content: 'You are brief.' },
      { role: 'user', content: 'Say hi.' },
    ])
    // Recorded from vLLM 0.32.0 with the same model.
    expect(tokens).toEqual([
      1, 9690, 198, 2683, 359, 5453, 30, 2, 198, 1, 4093, 198, 36218, 15876, 30, 2, 198, 1, 520,
      9531, 198,
    ])
  })

  it('chats for two turns, and finds the whole first turn in its cache at the second', async () => {
    const question = { role: 'user', content: 'What do bees make?' }
    const first = await engine.ask([SYSTEM, question])
    expect(first.text).toMatch(/[a-z]{3,} [a-z]{2,}/i)
    expect(first.finish).toMatch(/^(?:stop|length)$/)
    const second = await engine.ask([
      SYSTEM,
      question,
      { role: 'assistant', content: first.text },
      { role: 'user', content: 'And cows?' },
    ])
    const cached = second.usage.prompt_tokens_details.cached_tokens
    expect(cached).toBeGreaterThanOrEqual(first.usage.prompt_tokens)
    expect(cached).toBeLessThan(second.usage.prompt_tokens)
    expect(second.text.length).toBeGreaterThan(0)
    expect(second.metrics.time_to_first_token_ms).toBeGreaterThan(0)
  })

  it('says the same again for the same seed, and something else for another', async () => {
    const messages = [{ role: 'user', content: 'Write a line about the sea.' }]
    const sampling = { temperature: 1.5, top_p: 1, max_tokens: 24 }
    const texts: string[] = []
    for (const seed of [1, 1, 2]) {
      texts.push((await engine.ask(messages, { ...sampling, seed })).text)
    }
    expect(texts[1]).toBe(texts[0])
    expect(texts[2]).not.toBe(texts[0])
  })

  it('says less often what the penalties are against', async () => {
    const messages = [{ role: 'user', content: 'Repeat the word "go" twenty times: go go go go' }]
    const count = async (more: Record<string, unknown>) => {
      const { text } = await engine.ask(messages, { max_tokens: 40, ...more })
      return text.split(/\W+/).filter((word) => word.toLowerCase() === 'go').length
    }
    expect(await count({ frequency_penalty: 2, presence_penalty: 2 })).toBeLessThan(await count({}))
  })

  it('goes on with the last message where it was cut', async () => {
    const messages = [
      { role: 'user', content: 'Count from one to six in digits.' },
      { role: 'assistant', content: '1, 2, 3,' },
    ]
    const continued = { continue_final_message: true, add_generation_prompt: false, max_tokens: 8 }
    const { text, usage } = await engine.ask(messages, continued)
    expect(text).toContain('4')
    expect(usage.prompt_tokens).toBeLessThan((await engine.tokenize(messages)).length)
  })
})

describe('a short context', { timeout: 180_000 }, () => {
  let engine: Awaited<ReturnType<typeof startRealEngine>>

  beforeAll(async () => {
    engine = await startRealEngine({ dataDir, maxModelLen: 512 })
  }, 600_000)
  afterAll(() => engine.close())

  it('is filled to its last token, and no further', async () => {
    const messages = [{ role: 'user', content: 'go '.repeat(400) }]
    const room = 512 - (await engine.tokenize(messages)).length
    expect(room).toBeGreaterThan(10)
    const { usage, finish } = await engine.ask(messages, { max_tokens: 512, ignore_eos: true })
    expect([usage.completion_tokens, finish]).toEqual([room, 'length'])
    expect(usage.prompt_tokens + usage.completion_tokens).toBe(512)
    const again = await engine.ask(messages, { max_tokens: 1 })
    expect(again.usage.prompt_tokens_details.cached_tokens).toBe(again.usage.prompt_tokens - 1)
  })
})
