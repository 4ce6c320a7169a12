import { readFile } from 'node:fs/promises'
import { readMessages } from '../harness/read-database.ts'
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

/** The texts of the replies of the open thread as they are stored, in their order. */
function readStoredReplies({ app, url }: { app: App; url: string }): string[] {
  const threadId = new URL(url).pathname.split('/').at(-1) ?? ''
  return readMessages({ dataDir: app.dataDir, threadId })
    .filter(({ role }) => role === 'assistant')
    .map(({ text }) => text)
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

test('Continue goes on behind a length limit, from the very character', async ({ page, app }) => {
  const chat = createChatPage(page)
  await page.goto(app.url)
  await page.locator('#sampling-button').click()
  const dialog = page.getByRole('dialog', { name: 'Sampling of this conversation' })
  for (const [name, value] of Object.entries({ Temperature: '0', 'Max tokens': '24' })) {
    await dialog.getByRole('textbox', { name, exact: true }).fill(value)
  }
  await dialog.getByRole('button', { name: 'Apply' }).click()
  await chat.askAndWait('Name the planets of the solar system, with a sentence about each.')
  await expect(chat.lastAnswer).toContainText('reached its length limit')
  const readTexts = () => readStoredReplies({ app, url: page.url() })
  const [first = ''] = readTexts()
  await chat.lastAnswer.getByRole('button', { name: 'Continue' }).click()
  await expect(chat.lastAnswer.getByRole('group', { name: 'Answer 2 of 2' })).toBeVisible()
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
  const [, second = ''] = readTexts()
  test.info().annotations.push({ type: 'first', description: JSON.stringify(first) })
  test.info().annotations.push({ type: 'continued', description: JSON.stringify(second) })
  expect(second.startsWith(first)).toBe(true)
  expect(second.length).toBeGreaterThan(first.length)
})
