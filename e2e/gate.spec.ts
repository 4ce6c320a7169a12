import { readFileSync, writeFileSync } from 'node:fs'
import type { JSHandle, Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'

const RECORDED_START = new URL(
  './stub/__fixtures__/vllm-0.32.0/startup.enforce-eager.jsonl',
  import.meta.url,
)
/** In the recording, when the weights begin to load: before it little happens in long stages, then much in short ones. */
const LOAD_SECONDS = 125

/** The recorded start, each of its stages long enough to be seen by a page that looks once a second. */
function writeEvenStart(file: string): string {
  const lines = readFileSync(RECORDED_START, 'utf8').trim().split('\n')
  const even = lines.map((line) => {
    const event = JSON.parse(line)
    const [slow, fast] = [Math.min(event.t, LOAD_SECONDS), Math.max(0, event.t - LOAD_SECONDS)]
    return JSON.stringify({ ...event, t: slow / 16 + fast / 1.5 })
  })
  writeFileSync(file, even.join('\n'))
  return file
}

/** What the browser prints of each refused poll or send. */
test.use({ expectedErrors: [/503 \(Service Unavailable\)/] })

/** Every text that a list item of the page has had from here on. */
async function noteListItems(page: Page): Promise<JSHandle<string[]>> {
  return await page.evaluateHandle(() => {
    const texts: string[] = []
    const note = () => {
      for (const { textContent } of document.querySelectorAll('li')) {
        if (!texts.includes(textContent)) texts.push(textContent)
      }
    }
    note()
    new MutationObserver(note).observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
    })
    return texts
  })
}

test('shows the stages of a start from the log and opens by itself, without a reload', async ({
  page,
  stub,
}, testInfo) => {
  const chat = createChatPage(page)
  const file = writeEvenStart(testInfo.outputPath('start.jsonl'))
  stub.control.patch({ logReplay: { file, speed: 1, until: 'ready' } })
  await stub.control.act({ action: 'restart' })
  await chat.open()
  await page.evaluate(() => Object.assign(window, { isSamePage: true }))
  await expect(chat.gate.getByRole('progressbar')).toBeVisible()
  const listItems = await noteListItems(page)
  await expect(chat.submit).toBeDisabled()
  await expect(chat.gate).toBeHidden({ timeout: 30_000 })

  const seen = new Set<string>()
  for (const text of await listItems.jsonValue()) {
    const [, stage, state] = /^(.+?)(done|now)/.exec(text) ?? []
    if (stage !== undefined) seen.add(`${stage}: ${state}`)
  }
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'Starting the server: done',
      "Reading the model's configuration: done",
      'Loading the weights: done',
    ]),
  )
  expect([...seen].filter((stage) => stage.endsWith('now')).length).toBeGreaterThanOrEqual(2)
  expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true)
  await chat.askAndWait('Hello')
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
})

test('refuses what is sent too early, in the page and in the API, and keeps the draft', async ({
  page,
  stub,
  request,
}) => {
  const chat = createChatPage(page)
  stub.control.patch({ loadingMs: 60_000 })
  await stub.control.act({ action: 'restart' })
  await chat.open()
  await expect(chat.gate).toBeVisible()
  await chat.input.fill('too early')
  await expect(chat.submit).toBeDisabled()
  await chat.input.press('Enter')
  await page.locator('form').evaluate((form: HTMLFormElement) => form.requestSubmit())
  await expect(chat.input).toHaveValue('too early')

  const id = () => crypto.randomUUID()
  const response = await request.post('/api/chat', {
    data: {
      threadId: id(),
      parentId: null,
      runId: id(),
      message: { id: id(), text: 'too early' },
    },
  })
  expect(response.status()).toBe(503)
  const { error } = await response.json()
  expect(error).toMatchObject({ code: 'engine_not_ready' })
  expect(['loading', 'unreachable']).toContain(error.details.phase)

  await stub.control.act({ action: 'finish-loading' })
  await expect(chat.submit).toBeEnabled()
  await expect(chat.input).toHaveValue('too early')
  const generations = stub.control
    .requests({ path: '/v1/chat/completions' })
    .filter(({ body }) => body.includes('too early'))
  expect(generations).toEqual([])
})

test('sends an armed draft when the engine is ready, once', async ({ page, stub }) => {
  const chat = createChatPage(page)
  stub.control.patch({ loadingMs: 60_000 })
  await stub.control.act({ action: 'restart' })
  await chat.open()
  await chat.input.fill('from the waiting room')
  await page.getByRole('button', { name: 'Send when ready' }).click()
  await stub.control.act({ action: 'finish-loading' })
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete', { timeout: 15_000 })
  const sent = stub.control
    .requests({ path: '/v1/chat/completions' })
    .filter(({ body }) => body.includes('from the waiting room'))
  expect(sent).toHaveLength(1)
  await expect(chat.questions).toHaveCount(1)
})

test('shuts when the engine dies and opens when it returns', async ({ page, stub }) => {
  const chat = createChatPage(page)
  await chat.open()
  await expect(chat.gate).toBeHidden()
  const diedAtMs = Date.now()
  await stub.control.act({ action: 'die' })
  await expect(chat.gate).toBeVisible({ timeout: 5000 })
  expect(Date.now() - diedAtMs).toBeLessThan(4500)
  await expect(chat.submit).toBeDisabled()
  await stub.control.act({ action: 'restart' })
  await expect(chat.gate).toBeHidden()
})

test.describe('each phase has its sentence and its remedy', () => {
  const phases = [
    {
      name: 'sleeping',
      scenario: { sleeping: true },
      sentence: /sleeps: its weights are not on the GPU/,
      remedy: /wake_up/,
    },
    {
      name: 'proxy-error',
      scenario: { modelsStatus: 502, modelsShape: 'html' },
      sentence: /Something in front of the engine answers/,
      remedy: /OPENAI_BASE_URL/,
    },
    {
      name: 'unauthorized',
      scenario: { apiKey: 'another-key' },
      sentence: /refuses this app's key/,
      remedy: /OPENAI_API_KEY/,
    },
    {
      name: 'loading',
      scenario: { loadingMs: 60_000, loadingMode: '503', startLog: 'none' },
      sentence: /is starting/,
      remedy: /./,
    },
  ] as const
  for (const { name, scenario, sentence, remedy } of phases) {
    test(name, async ({ page, stub }) => {
      const chat = createChatPage(page)
      await chat.open()
      await stub.control.act({ action: 'stop' })
      await expect(page.locator('[data-phase="unreachable"]')).toBeVisible()
      stub.control.patch(structuredClone(scenario))
      await stub.control.act({ action: 'restart' })
      await expect(page.locator(`[data-phase="${name}"]`)).toBeVisible({ timeout: 15_000 })
      await expect(chat.gate).toContainText(sentence)
      await expect(chat.gate).toContainText(remedy)
      await expect(chat.submit).toBeDisabled()
    })
  }
})

test('shows a fatal line of the log with its cure', async ({ page, stub }) => {
  const chat = createChatPage(page)
  await chat.open()
  await stub.control.act({ action: 'stop' })
  // Only of an engine that does not answer is a fatal line believed.
  await expect(page.locator('[data-phase="unreachable"]')).toBeVisible()
  stub.control.patch({
    logReplay: {
      file: 'vllm-0.26.0-gpu/fatal.kv-smaller-than-max-model-len.jsonl',
      speed: 20,
      until: 'end',
    },
  })
  await stub.control.act({ action: 'restart' })
  await expect(chat.gate).toContainText('The KV cache does not hold one request', {
    timeout: 20_000,
  })
  await expect(chat.gate).toContainText('--max-model-len')
})

test('answers /health always, and /ready with the phase', async ({ stub, request, app }) => {
  await app.untilReady()
  expect((await request.get('/health')).status()).toBe(200)
  const ready = await request.get('/ready')
  expect([ready.status(), (await ready.json()).phase]).toEqual([200, 'ready'])
  await stub.control.act({ action: 'stop' })
  await expect.poll(async () => (await request.get('/ready')).status()).toBe(503)
  expect((await request.get('/health')).status()).toBe(200)
})
