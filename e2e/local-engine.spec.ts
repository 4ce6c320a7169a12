import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'

/** No engine is set and none is there; the data folder is empty, so everything has to be fetched. */
test.use({ hasEngine: false, expectedErrors: [/503 \(Service Unavailable\)/] })
test.describe.configure({ mode: 'serial' })

type Timing = { promptTokens: number; cachedTokens: number }

/** The process and the port of the local engine, as it wrote them down itself. */
function readLock(dataDir: string): { pid: number; port: number } {
  return JSON.parse(readFileSync(join(dataDir, 'local-engine', 'lock'), 'utf8'))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

test('fetches a real model before the eyes of its user, and chats with it for two turns', async ({
  page,
}) => {
  test.setTimeout(420_000)
  const chat = createChatPage(page)
  await chat.open()
  await expect(chat.gate).toContainText('Local engine: SmolLM2-135M on this CPU.')
  await expect(chat.submit).toBeDisabled()
  await chat.input.fill('What do bees make?')

  // A stage may be over between two looks of the page; that it was there stays to be seen.
  const done = new Set<string>()
  const note = async () => {
    for (const text of await chat.gate.getByRole('listitem').allTextContents()) {
      const stage = /^(.+?)done/.exec(text)?.[1]
      if (stage !== undefined) done.add(stage)
    }
    return await chat.gate.isVisible()
  }
  await expect.poll(note, { timeout: 240_000, intervals: [100] }).toBe(false)
  expect([...done]).toEqual([
    'Starting the server',
    'Installing the local engine',
    'Downloading the weights',
    'Loading the weights',
  ])
  await expect(page.getByRole('button', { name: /^Engine: SmolLM2/ })).toContainText(
    'local · ready',
  )

  await expect(chat.input).toHaveValue('What do bees make?')
  await chat.askAndWait('What do bees make?')
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
  await expect(chat.lastAnswer).toContainText(/[a-z]{3,} [a-z]{2,}/i)
  await chat.askAndWait('And cows?')
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
  await expect(chat.figure('ttft')).toBeVisible()

  const thread = await page.request.get(page.url().replace('/chat/', '/api/threads/'))
  const { messages } = (await thread.json()) as { messages: { timing?: Timing }[] }
  const [first, second] = messages.flatMap(({ timing }) => timing ?? [])
  expect(second?.cachedTokens).toBeGreaterThanOrEqual(first?.promptTokens ?? Number.NaN)
  expect(second?.cachedTokens).toBeLessThan(second?.promptTokens ?? 0)
  await expect(chat.figure('cached')).toContainText(String(second?.cachedTokens))
})

test('is there again at the next start without a fetch, and a killed app leaves none behind', async ({
  page,
  app,
}) => {
  test.setTimeout(120_000)
  const before = readLock(app.dataDir)
  expect(isRunning(before.pid)).toBe(true)
  await app.stop('SIGKILL')
  await expect.poll(() => isRunning(before.pid)).toBe(false)

  await app.restart()
  const chat = createChatPage(page)
  await chat.open()
  await app.untilReady()
  await expect(chat.gate).toBeHidden()
  const readLog = () => readFileSync(join(app.dataDir, 'local-engine', 'engine.log'), 'utf8')
  expect(readLog()).not.toMatch(/stage=(?:installing|fetching)/)

  const after = readLock(app.dataDir)
  expect(await app.stop()).toBe(0)
  expect(isRunning(after.pid)).toBe(false)
  expect(readLog()).toMatch(/stage=stopped\n$/)
})
