import { readFile } from 'node:fs/promises'
import { test as base, expect } from '@playwright/test'
import { createChatPage } from '../pages/chat-page.ts'
import { type App, startApp } from '../start-app.ts'

/**
 * The app on a running vLLM. It must be started with VLLM_SERVER_DEV_MODE=1 (its cache is emptied
 * here), --enable-prompt-tokens-details, --enable-per-request-metrics and --enable-log-requests.
 */
const engineUrl = (process.env.ENGINE_TEST_URL ?? '').replace(/\/v1\/?$/, '')
const engineLog = process.env.ENGINE_TEST_LOG ?? ''

const test = base.extend<{ appEnv: Record<string, string>; app: App }>({
  appEnv: [{}, { option: true }],
  app: async ({ appEnv }, use) => {
    const key = process.env.ENGINE_TEST_KEY
    const app = await startApp({
      engineUrl: `${engineUrl}/v1`,
      env: {
        ...(engineLog === '' ? {} : { ENGINE_LOG_FILE: engineLog }),
        ...(key === undefined ? {} : { OPENAI_API_KEY: key }),
        ...appEnv,
      },
    })
    await app.untilReady()
    await use(app)
    await app.dispose()
  },
  baseURL: async ({ app }, use) => use(app.url),
})

async function emptyCache() {
  await expect
    .poll(async () => {
      const response = await fetch(`${engineUrl}/reset_prefix_cache`, { method: 'POST' })
      return await response.text()
    })
    .not.toContain('false')
}

async function askFirst(app: App): Promise<{ cachedTokens: number; timing: object }> {
  const id = () => crypto.randomUUID()
  const response = await fetch(`${app.url}/api/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      threadId: id(),
      parentId: null,
      runId: id(),
      message: { id: id(), text: 'What is a KV cache?' },
    }),
  })
  const finish = /^data: (\{"type":"finish".*\})$/m.exec(await response.text())?.[1]
  const { timing } = JSON.parse(finish ?? '{}').messageMetadata
  return { cachedTokens: timing.cachedTokens, timing }
}

test.describe('with the warm-up off', () => {
  test.use({ appEnv: { WARM_UP: 'false' } })
  test('the first turn finds nothing in the cache', async ({ app }) => {
    await emptyCache()
    const { cachedTokens, timing } = await askFirst(app)
    test.info().annotations.push({ type: 'timing', description: JSON.stringify(timing) })
    expect(cachedTokens).toBe(0)
  })
})

test('the first turn finds the system prompt in the cache, and the line has the engine’s own figures', async ({
  app,
  page,
}) => {
  await app.stop()
  await emptyCache()
  await app.restart()
  await app.untilReady()
  const chat = createChatPage(page)
  await page.goto(app.url)
  await chat.askAndWait('What is a KV cache?')
  const cached = await chat.figure('cached').innerText()
  test.info().annotations.push({
    type: 'line',
    description: await chat.lastAnswer.locator('footer').innerText(),
  })
  expect(Number(/^(\d+)/.exec(cached)?.[1])).toBeGreaterThanOrEqual(128)
  await expect(chat.figure('queue')).toBeVisible()
  await expect(chat.figure('prefill')).toBeVisible()
})

test('stop is seen by the engine', async ({ page, app }) => {
  test.skip(engineLog === '', 'ENGINE_TEST_LOG names no log')
  const chat = createChatPage(page)
  await page.goto(app.url)
  const before = (await readFile(engineLog, 'utf8')).match(/aborted|Aborted request/g)?.length ?? 0
  await chat.ask('Write a very long story about a lighthouse keeper.')
  await expect(chat.lastAnswer).toContainText(/\w+ \w+ \w+/)
  await chat.stop.click()
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'stopped')
  await expect
    .poll(async () => (await readFile(engineLog, 'utf8')).match(/aborted|Aborted request/g)?.length)
    .toBeGreaterThan(before)
  await expect
    .poll(async () => {
      const metrics = await (await fetch(`${engineUrl}/metrics`)).text()
      return /^vllm:num_requests_running\{[^}]*\} ([\d.]+)/m.exec(metrics)?.[1]
    })
    .toBe('0.0')
})
