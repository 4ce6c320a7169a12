import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { APIRequestContext, Page } from '@playwright/test'
import { createChatPage } from '../pages/chat-page.ts'
import { createDebugPage } from '../pages/debug-page.ts'
import { emptyCache, engineUrl, expect, test } from './live-fixtures.ts'

const SCREENS = fileURLToPath(new URL('../../docs/screens', import.meta.url))
const SAMPLING = { maxTokens: 96, temperature: 0 }
/** A command that ends the engine and returns when it was started again. */
const restartCommand = process.env.ENGINE_TEST_RESTART ?? ''

type Trace = {
  timing: { ttftMs: number; promptTokens: number; cachedTokens: number; completionTokens: number }
  prefix?: { reason: string; predictedTokens?: number; reportedTokens?: number }
  flags: { code: string; details: Record<string, number> }[]
}

/** With the verdict on its prefix, which comes after the answer. */
async function readTraces(request: APIRequestContext): Promise<Trace[]> {
  const read = async () => {
    const { rows } = await (await request.get('/api/timings?limit=100')).json()
    const ids: string[] = rows.map(({ messageId }: { messageId: string }) => messageId)
    return await Promise.all(
      ids.map(async (id) => (await (await request.get(`/api/traces/${id}`)).json()).trace as Trace),
    )
  }
  await expect
    .poll(async () => (await read()).every(({ prefix }) => prefix !== undefined), {
      timeout: 60_000,
    })
    .toBe(true)
  return (await read()).toReversed()
}

/** Answers that go on, until the signal aborts; resolves when the engine runs all of them. */
async function keepBusy(options: { page: Page; count: number; signal: AbortSignal }) {
  const { page, count, signal } = options
  const { data } = await (await fetch(`${engineUrl}/v1/models`)).json()
  for (let index = 0; index < count; index += 1) {
    const body = JSON.stringify({
      model: data[0].id,
      messages: [{ role: 'user', content: `Tell story number ${index}.` }],
      max_tokens: 3000,
      ignore_eos: true,
    })
    const headers = { 'content-type': 'application/json' }
    // It ends by the signal.
    const request = { method: 'POST', headers, body, signal }
    void fetch(`${engineUrl}/v1/chat/completions`, request).catch(() => undefined)
  }
  await expect
    .poll(
      async () => (await (await page.request.get('/api/engine')).json()).pulse.runningRequests,
      {
        timeout: 60_000,
      },
    )
    .toBe(count)
}

/**
 * A small model does not know when to end, and what it makes up at random is tokenized otherwise when it is
 * read back: what begins a thread says how it is sampled.
 */
async function keepAnswersShort(page: Page) {
  await page.route('**/api/chat', async (route) => {
    const body = route.request().postDataJSON()
    const sampling = body.parentId === null ? { sampling: SAMPLING } : {}
    await route.continue({ postData: { ...body, ...sampling } })
  })
}

async function lookAt(page: Page, name: string) {
  await expect(page.locator('[data-prefix]')).toBeVisible({ timeout: 20_000 })
  await page.screenshot({ path: join(SCREENS, name) })
}

test.beforeEach(({ page }) => keepAnswersShort(page))

test.describe('on a cold cache', () => {
  test.use({ appEnv: { WARM_UP: 'false' }, viewport: { width: 1440, height: 1000 } })
  test('the details show a cold turn beside a cached one', async ({ app, page }) => {
    const [chat, debug] = [createChatPage(page), createDebugPage(page)]
    await emptyCache()
    await page.goto(app.url)
    await chat.askAndWait('What does a prefix cache keep, and for whom? Answer in two sentences.')
    await debug.openLastAnswer()
    await lookAt(page, 'debug-cold.png')
    await page.keyboard.press('Escape')
    await chat.askAndWait('And what makes it start again from nothing?')
    await debug.openLastAnswer()
    await lookAt(page, 'debug-cached.png')
    const [cold, cached] = await readTraces(page.request)
    expect(cold?.timing.cachedTokens).toBe(0)
    expect(cached?.timing.cachedTokens).toBeGreaterThan(0)
    expect(cached?.prefix?.reason).toBe('as-predicted')
  })
})

test('over ten turns the cached tokens are those that were predicted', async ({ app, page }) => {
  const chat = createChatPage(page)
  await page.goto(app.url)
  for (let turn = 1; turn <= 10; turn += 1) {
    await chat.askAndWait(
      `Turn ${turn}: name one more thing that a lighthouse keeper needs, and why.`,
    )
  }
  const traces = await readTraces(page.request)
  const lines = traces.map(({ timing, prefix }, index) =>
    [
      index + 1,
      timing.promptTokens,
      prefix?.predictedTokens,
      prefix?.reportedTokens,
      prefix?.reason,
      `${timing.ttftMs.toFixed(0)} ms`,
    ].join(' | '),
  )
  test.info().annotations.push({ type: 'turns', description: `\n${lines.join('\n')}` })
  expect(traces).toHaveLength(10)
  for (const { prefix } of traces) expect(prefix?.predictedTokens).toBe(prefix?.reportedTokens)
})

test('an answer beside seven others says so', async ({ app, page }) => {
  const chat = createChatPage(page)
  const stop = new AbortController()
  await page.goto(app.url)
  await keepBusy({ page, count: 7, signal: stop.signal })
  await chat.askAndWait('How is a busy engine?')
  stop.abort()
  const [trace] = await readTraces(page.request)
  test.info().annotations.push({
    type: 'beside seven',
    description: JSON.stringify({ timing: trace?.timing, flags: trace?.flags }),
  })
  const flag = trace?.flags.find(({ code }) => /shared-the-engine|waited-behind-others/.test(code))
  expect(flag?.details.requests).toBe(7)
  await expect(chat.figure('beside')).toContainText('7')
})

test('an engine that was started again is marked in the plot', async ({ app, page }) => {
  test.skip(restartCommand === '', 'ENGINE_TEST_RESTART names no command')
  test.setTimeout(600_000)
  const chat = createChatPage(page)
  await page.setViewportSize({ width: 1440, height: 1000 })
  await page.goto(app.url)
  await chat.askAndWait('Before the restart, one.')
  await chat.askAndWait('Before the restart, two.')
  await promisify(execFile)('bash', ['-c', restartCommand])
  await app.untilReady()
  await chat.askAndWait('After the restart, one.')
  await chat.askAndWait('After the restart, two.')
  const traces = await readTraces(page.request)
  expect(traces[2]?.flags.map(({ code }) => code)).toContain('cold-after-restart')
  await page.goto(`${app.url}/debug`)
  await expect(page.locator('figure').first()).toContainText('1 engine start')
  await page.screenshot({ path: join(SCREENS, 'debug-restart.png') })
})
