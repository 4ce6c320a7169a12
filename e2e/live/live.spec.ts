import { readFile } from 'node:fs/promises'
import { createChatPage } from '../pages/chat-page.ts'
import type { App } from '../start-app.ts'
import { emptyCache, engineLog, engineUrl, expect, test } from './live-fixtures.ts'

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
