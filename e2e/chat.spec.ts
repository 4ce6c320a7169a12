import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'

const CHAT_PATH = '/v1/chat/completions'

test('paints an answer in at least three steps, and keeps it through a reload', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  stub.control.patch({ tokenDelayMs: 40, tokenCount: 30 })
  await chat.open()
  await chat.ask('What is the time to first token?')
  const lengths = new Set<number>()
  await expect
    .poll(
      async () => {
        if ((await chat.answers.count()) > 0) {
          lengths.add((await chat.lastAnswer.innerText()).length)
        }
        return await chat.lastAnswer.getAttribute('data-status')
      },
      { intervals: [60] },
    )
    .toBe('complete')
  expect(lengths.size).toBeGreaterThanOrEqual(3)
  await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}$/)

  const before = await chat.lastAnswer.innerText()
  await page.reload()
  await expect(chat.questions).toHaveText(/What is the time to first token\?/)
  await expect
    .poll(async () => (await chat.lastAnswer.innerText()).slice(0, 60))
    .toBe(before.slice(0, 60))
  await expect(chat.figure('ttft')).toBeVisible()
})

test('shows a TTFT of two seconds as what it was', async ({ page, stub }) => {
  const chat = createChatPage(page)
  stub.control.patch({ ttftMs: 2000, tokenCount: 5 })
  await chat.open()
  await chat.ask('slow')
  await expect(page.locator('[data-stage="prefill"], [data-stage="sending"]')).toBeVisible()
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
  const ttftMs = Number(await chat.figure('ttft').getAttribute('data-ms'))
  const record = stub.control.requests({ path: CHAT_PATH }).at(-1)
  const stubMs = (record?.firstByteAtMs ?? 0) - (record?.receivedAtMs ?? 0)
  expect(ttftMs).toBeGreaterThanOrEqual(2000)
  expect(ttftMs).toBeLessThanOrEqual(stubMs + 250)
  await expect(chat.figure('ttft')).toContainText('TTFT')
})

test('says what the time went into: queue, prefill and the requests ahead', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  stub.control.patch({ queueMs: 400, ttftMs: 250, tokenDelayMs: 20, tokenCount: 20 })
  await chat.open()
  await chat.askAndWait('queued')
  expect(Number(await chat.figure('queue').getAttribute('data-ms'))).toBeGreaterThanOrEqual(390)
  expect(Number(await chat.figure('prefill').getAttribute('data-ms'))).toBeGreaterThanOrEqual(240)
  await chat.figure('prefill').hover()
  await expect(page.getByRole('tooltip').filter({ visible: true })).toContainText(
    'time to read the prompt',
  )
})

test('says that figures are not reported, and which flag reports them', async ({ page, stub }) => {
  const chat = createChatPage(page)
  stub.control.patch({ includeCachedTokens: false, includeMetrics: false })
  await chat.open()
  await chat.askAndWait('no metrics')
  await chat.figure('cached').focus()
  await chat.figure('cached').hover()
  await expect(page.getByRole('tooltip').filter({ visible: true })).toContainText(
    '--enable-prompt-tokens-details',
  )
  await expect(chat.figure('queue')).toHaveCount(0)
})

test('sends one fixed system prompt first and replays the history byte for byte, also after a restart', async ({
  page,
  stub,
  app,
}) => {
  const chat = createChatPage(page)
  await chat.open()
  await chat.askAndWait('first turn\twith "odd" bytes é 你好')
  await chat.askAndWait('second turn')
  const thread = page.url()
  // An open page would complain of the server that is away.
  await page.goto('about:blank')
  await app.stop()
  await app.restart()
  await app.untilReady()
  await chat.open(thread)
  await chat.askAndWait('third turn')
  const bodies = stub.control
    .requests({ path: CHAT_PATH })
    .map(({ body }) => JSON.parse(body))
    .filter(({ stream }) => stream === true)
  expect(bodies).toHaveLength(3)
  const messages = bodies.map((body) => JSON.stringify(body.messages))
  for (const [index, later] of messages.slice(1).entries()) {
    expect(later.startsWith((messages[index] ?? '').slice(0, -1))).toBe(true)
  }
  expect(bodies.map((body) => body.messages[0].role)).toEqual(['system', 'system', 'system'])
  for (const body of bodies) {
    expect(Object.keys(body).sort()).toEqual(['messages', 'model', 'stream', 'stream_options'])
  }
  const last = stub.control.requests({ path: CHAT_PATH }).at(-1)
  expect(last?.cachedTokens).toBeGreaterThan(100)
  expect(last?.headers['x-session-id']).toBe(new URL(page.url()).pathname.split('/').at(-1))
})

test('warms the system prompt up, so that the first turn already finds it in the cache', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  await stub.control.act({ action: 'restart' })
  await stub.control.waitForRequests({ min: 1, state: 'ended' })
  await chat.open()
  await chat.askAndWait('first of this engine')
  const [warmUp, ...turns] = stub.control.requests({ path: CHAT_PATH })
  expect(JSON.parse(warmUp?.body ?? '{}')).toMatchObject({ max_tokens: 1 })
  expect(turns).toHaveLength(1)
  expect(turns[0]?.cachedTokens).toBeGreaterThanOrEqual(128)
  await expect(chat.figure('cached')).toContainText(String(turns[0]?.cachedTokens))
})

test('stop closes the upstream socket and keeps what had come', async ({ page, stub }) => {
  const chat = createChatPage(page)
  stub.control.patch({ tokenDelayMs: 50, tokenCount: 400 })
  await chat.open()
  await chat.ask('a long one')
  await expect(chat.lastAnswer).toContainText(/\w+ \w+/)
  const asked = page.waitForRequest('**/stop').then(() => Date.now())
  await chat.stop.click()
  const stoppedAtMs = await asked
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'stopped')
  const record = (await stub.control.waitForRequests({ min: 1, state: 'socket-closed' })).at(-1)
  expect(record?.closedBy).toBe('client')
  expect((record?.socketClosedAtMs ?? 0) - stoppedAtMs).toBeLessThan(1000)
  await stub.control.waitForStatus({ is: { running: 0, inFlight: 0 } })
  await page.reload()
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'stopped')
  await expect(chat.lastAnswer).toContainText(/\w+ \w+/)
})

test('stop works before the first token', async ({ page, stub }) => {
  const chat = createChatPage(page)
  stub.control.patch({ queueMs: 30_000 })
  await chat.open()
  await chat.ask('stuck in the queue')
  await stub.control.waitForStatus({ is: { inFlight: 1 } })
  await chat.stop.click()
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'stopped')
  const record = stub.control
    .requests({ path: CHAT_PATH, state: 'socket-closed' })
    .find(({ body }) => body.includes('stuck in the queue'))
  expect(record?.closedBy).toBe('client')
  expect(record?.tokensSent).toBe(0)
  stub.control.patch({ queueMs: 0 })
  await chat.askAndWait('and on')
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
})

test('a reload in the middle of an answer joins it again, with no gap and no repeat', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  stub.control.patch({ tokenDelayMs: 30, tokenCount: 120 })
  await chat.open()
  await chat.ask('a long one')
  await expect(chat.lastAnswer).toContainText(/\w+ \w+/)
  await page.waitForURL(/\/chat\//)
  await page.reload()
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete', { timeout: 15_000 })
  const threadId = new URL(page.url()).pathname.split('/').at(-1)
  const thread = await (await page.request.get(`/api/threads/${threadId}`)).json()
  const record = stub.control.requests({ path: CHAT_PATH }).at(-1)
  expect(thread.messages.at(-1).text).toBe(record?.textSent)
  const generations = stub.control
    .requests({ path: CHAT_PATH })
    .filter(({ body }) => body.includes('a long one'))
  expect(generations).toHaveLength(1)
})

test('new chat begins an empty thread', async ({ page }) => {
  const chat = createChatPage(page)
  await chat.open()
  await chat.askAndWait('one')
  await page.locator('#new-chat-button').click()
  await expect(page).toHaveURL(/\/$/)
  await expect(chat.questions).toHaveCount(0)
  await chat.askAndWait('two')
  await expect(chat.questions).toHaveCount(1)
})

test('auto-scroll lets go when the reader scrolls up, and comes back on demand', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  stub.control.patch({ tokenDelayMs: 15, text: 'A line of text.\n\n'.repeat(120) })
  await chat.open()
  await chat.ask('long')
  const scroller = page.getByRole('main').locator('> div').first()
  const gap = () =>
    scroller.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)
  await expect
    .poll(() => scroller.evaluate((element) => element.scrollHeight - element.clientHeight))
    .toBeGreaterThan(600)
  expect(await gap()).toBeLessThan(120)
  await chat.lastAnswer.hover()
  await page.mouse.wheel(0, -400)
  const latest = page.getByRole('button', { name: 'To the latest message' })
  await expect(latest).toBeVisible()
  const top = await scroller.evaluate((element) => element.scrollTop)
  const grown = await scroller.evaluate((element) => element.scrollHeight)
  await expect
    .poll(() => scroller.evaluate((element) => element.scrollHeight))
    .toBeGreaterThan(grown + 200)
  expect(Math.abs((await scroller.evaluate((element) => element.scrollTop)) - top)).toBeLessThan(5)
  await latest.click()
  await expect.poll(gap).toBeLessThan(120)
})

test('shows the answers in the debug view, one row each', async ({ page, stub }) => {
  const chat = createChatPage(page)
  stub.control.patch({ queueMs: 120, ttftMs: 80 })
  await chat.open()
  await chat.askAndWait('look at me in the table')
  await page.goto('/debug')
  const row = page.getByRole('row').filter({ hasText: 'look at me in the table' })
  await expect(row).toHaveCount(1)
  await expect(page.getByRole('columnheader', { name: /TTFT/ }).first()).toBeVisible()
})
