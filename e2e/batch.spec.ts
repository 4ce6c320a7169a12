import { writeFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import { expect, test } from './fixtures.ts'
import { type BatchPage, createBatchPage } from './pages/batch-page.ts'
import { createChatPage } from './pages/chat-page.ts'
import type { StubEngine } from './stub/start-stub-engine.ts'

const FAST = { ttftMs: 1, tokenDelayMs: 0, tokenCount: 4 }
const CHAT = { path: '/v1/chat/completions' }

function toQuestions(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `Question ${at + 1}: what comes after ${at}?`)
}

const LEVELS = [1, 2, 4, 8]
const toNumber = (text: string) => Number(text.replaceAll(',', ''))

function toFile(table: string) {
  return { name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.from(table) }
}

function readLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** How often each row of the one batch was asked. */
function countAsked({ control }: StubEngine): number[] {
  const counts = new Map<number, number>()
  for (const { sessionId } of control.requests(CHAT)) {
    const index = Number(/-(\d+)$/.exec(sessionId ?? '')?.[1] ?? Number.NaN)
    if (Number.isInteger(index)) counts.set(index, (counts.get(index) ?? 0) + 1)
  }
  return [...counts.entries()].sort(([a], [b]) => a - b).map(([, count]) => count)
}

async function begin(options: { page: Page; questions: string[]; atOnce: number }) {
  const batch = createBatchPage(options.page)
  await batch.open()
  await batch.paste(options.questions.join('\n'))
  await batch.atOnce.fill(String(options.atOnce))
  await batch.start.click()
  await expect(batch.state).toHaveAttribute('data-state', 'running')
  return batch
}

async function expectAllOnce(options: { batch: BatchPage; questions: readonly string[] }) {
  const { batch, questions } = options
  await expect(batch.state).toHaveAttribute('data-state', 'complete', { timeout: 20_000 })
  const answers = readLines(await batch.download('JSON lines'))
  expect(answers.map(({ prompt }) => prompt)).toEqual(questions)
  expect(answers.every(({ status, answer }) => status === 'complete' && answer !== '')).toBe(true)
}

test('asks pasted lines, shows them as they come, and gives each back once in three formats', async ({
  page,
  stub,
}) => {
  stub.control.patch({ ttftMs: 60, tokenDelayMs: 40, tokenCount: 8 })
  await page.goto('/')
  await page.getByRole('link', { name: 'Batch', exact: true }).click()
  const questions = toQuestions(40)
  const batch = createBatchPage(page)
  await batch.paste(`\n${questions.join('\n\n')}\n`)
  await expect(page.getByText('40 rows to ask')).toBeVisible()
  await batch.atOnce.fill('0')
  await expect(batch.start).toBeDisabled()
  await batch.atOnce.fill('4')
  await batch.start.click()

  await expect(batch.figure('inFlight')).toHaveText('4 in flight')
  await expect(batch.row(0)).toContainText(/answered/)
  await expect(batch.rows.getByText('in flight')).toHaveCount(4)
  await expect(batch.row(39)).toContainText('waits')
  await expect(batch.figure('rate')).toContainText(/\d/)
  await expect(batch.progress).toHaveAttribute('aria-valuetext', /\d+ of 40 rows/)
  await expect(page.getByRole('img', { name: /Requests in flight over time/ })).toBeVisible()
  await expectAllOnce({ batch, questions })
  await expect(batch.figure('done')).toHaveText('40 of 40 rows')
  expect(stub.control.status().maxInFlight).toBe(4)
  expect(countAsked(stub)).toEqual(questions.map(() => 1))

  const cells = parse(await batch.download('CSV'), { columns: true, bom: true })
  expect((cells as { prompt: string }[]).map(({ prompt }) => prompt)).toEqual(questions)
  const openai = readLines(await batch.download('OpenAI batch'))
  // Blank lines are none of its rows, and count as lines.
  expect(openai.map((one) => one.custom_id)).toEqual(questions.map((_, at) => `line-${2 * at + 2}`))
  expect(openai.every(({ error }) => error === null)).toBe(true)
  await page.getByRole('button', { name: 'Sum up' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'completed' })).toContainText('40')
})

test('names the rows that cannot be asked by line and reason, and goes on without them when told to', async ({
  page,
  stub,
}) => {
  stub.control.patch(FAST)
  const batch = createBatchPage(page)
  await batch.open()
  const table = 'id,question\n1,first\n2\n3,say "this"\n4,\n5,=last'
  await batch.choose(toFile(table))
  await expect(batch.badLines).toHaveCount(3)
  await expect(batch.badLine(3)).toHaveText('line 3 It has 1 cell, the head has 2.')
  await expect(batch.badLine(4)).toContainText('Its quotes are broken')
  await expect(batch.badLine(5)).toContainText('There is no question in it.')
  await expect(batch.start).toBeDisabled()
  await page.getByLabel('Go on without them').check()
  await batch.start.click()
  await expect(batch.state).toHaveAttribute('data-state', 'complete')
  const cells = parse(await batch.download('CSV'), { columns: true, bom: true })
  // A spreadsheet would run the last one.
  expect(cells).toMatchObject([
    { id: '1', prompt: 'first' },
    { id: '5', prompt: "'=last" },
  ])

  await page.getByRole('button', { name: 'New batch' }).click()
  await batch.paste('{"prompt":"first"}\n{"prompt":\n7\n{"other":"x"}\n{"prompt":"last"}')
  await expect(batch.badLine(2)).toContainText('It is not JSON.')
  await expect(batch.badLine(3)).toContainText('neither a text nor an object')
  await expect(page.getByText('3 rows to ask')).toBeVisible()
})

test('pauses, goes on, is cancelled and taken up again: each row ends once', async ({
  page,
  stub,
}) => {
  stub.control.patch({ ttftMs: 20, tokenDelayMs: 20, tokenCount: 5 })
  const questions = toQuestions(150)
  const batch = await begin({ page, questions, atOnce: 4 })
  await expect(batch.row(8)).toContainText('answered')
  await batch.control('Pause').click()
  await stub.control.waitForStatus({ is: { inFlight: 0 } })
  await expect(batch.state).toHaveText('paused')
  const asked = countAsked(stub)
  await expect.poll(batch.readDone).toBe(asked.length)
  await batch.control('Go on').click()
  await expect.poll(() => countAsked(stub).length).toBeGreaterThan(asked.length + 8)
  // So that something is in flight when it is stopped, and is asked again.
  stub.control.patch({ tokenDelayMs: 300 })
  await expect(batch.control('Cancel')).toBeEnabled()
  await batch.control('Cancel').click()
  await expect(batch.state).toHaveText('cancelled')
  await stub.control.waitForStatus({ is: { inFlight: 0 } })
  const done = await batch.readDone()
  expect(done).toBeLessThan(150)
  const partly = readLines(await batch.download('JSON lines'))
  expect(partly).toHaveLength(done)

  stub.control.patch(FAST)
  await batch.control('Go on').click()
  await expectAllOnce({ batch, questions })
  expect(stub.control.status().maxInFlight).toBe(4)
})

test('compares one by one with more and more at once: curve, knee, and a table that says the same', async ({
  page,
  stub,
}) => {
  stub.control.patch({ maxNumSeqs: 4, ttftMs: 30, tokenDelayMs: 20, tokenCount: 15 })
  const batch = createBatchPage(page)
  await batch.open()
  await batch.paste(toQuestions(20).join('\n'))
  await page.getByLabel(/^with the first rows/).fill('8')
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await expect(batch.state).toHaveText('comparing')
  await expect(batch.state).toHaveText('not started', { timeout: 30_000 })
  const atOnce = batch.levels.locator('tbody td:first-child')
  await expect(atOnce).toHaveText(LEVELS.map((level) => new RegExp(`^${level}( |$)`)))
  await expect(batch.levels.getByRole('columnheader')).toHaveCount(8)
  const rates = await batch.levels.locator('tbody td:nth-child(7)').allTextContents()
  const best = Math.max(...rates.map(toNumber))
  const knee = LEVELS[rates.findIndex((rate) => toNumber(rate) >= 0.9 * best)]
  // Four places: one or two at once leave some of them empty.
  expect(knee).toBeGreaterThanOrEqual(4)
  await expect(atOnce.filter({ hasText: 'knee' })).toHaveText([`${knee} · knee`])
  await expect(batch.compared).toContainText(`The knee: ${knee} at once give 90 %`)
  await expect(batch.compared.getByRole('img', { name: /at 4 levels$/ })).toBeVisible()
  await expect(batch.compared.locator('[data-change="wall"]')).toContainText(/-\d+%/)
  await expect(batch.compared.locator('[data-change="meanE2el"]')).toContainText('article claims')
  // 8 warm up, then 4 levels of 8.
  expect(countAsked(stub)).toEqual(Array.from({ length: 8 }, () => 5))
  expect(stub.control.status().maxInFlight).toBe(8)
  await page.reload()
  await expect(batch.levels.getByRole('row')).toHaveCount(5)
  await expect(batch.start).toBeEnabled()
})

test('joins the batch that runs after a reload, and asks no row again', async ({ page, stub }) => {
  stub.control.patch({ ttftMs: 20, tokenDelayMs: 20, tokenCount: 6 })
  const questions = toQuestions(120)
  const batch = await begin({ page, questions, atOnce: 6 })
  await expect(batch.row(6)).toContainText('answered')
  await page.reload()
  await expect(batch.state).toHaveText('running')
  await expect(batch.figure('inFlight')).toHaveText('6 in flight')
  await expect(batch.control('Pause')).toBeVisible()
  await expectAllOnce({ batch, questions })
  expect(countAsked(stub)).toEqual(questions.map(() => 1))
})

test('lets a chat go first: it is answered while the batch runs on', async ({
  page,
  stub,
  context,
}) => {
  stub.control.patch({ maxNumSeqs: 4, ttftMs: 30, tokenDelayMs: 60, tokenCount: 20 })
  const questions = toQuestions(24)
  const batch = await begin({ page, questions, atOnce: 8 })
  await stub.control.waitForStatus({ is: { running: 4, waiting: 4 } })
  const chat = createChatPage(await context.newPage())
  await chat.open()
  stub.control.patch({ ttftMs: 1500 })
  await chat.ask('And me?')
  await expect(batch.control('Pause')).toBeVisible()
  await expect(page.getByText('A chat waits for its first token')).toBeVisible()
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
  stub.control.patch({ ttftMs: 10, tokenDelayMs: 2 })
  await expect(batch.state).toHaveText('running')
  await expect(page.getByText('A chat waits for its first token')).toBeHidden()
  await expectAllOnce({ batch, questions })
})

const MANY = 100_000
const LONGEST_TASK_MS = 200

test(`holds the page up for no more than ${LONGEST_TASK_MS} ms with ${MANY} rows`, async ({
  page,
  stub,
}) => {
  stub.control.patch({ ...FAST, tokenDelayMs: 5 })
  await page.addInitScript(() => {
    const tasks: number[] = []
    Object.assign(window, { longTasks: tasks })
    new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map(({ duration }) => duration))
    }).observe({ type: 'longtask', buffered: true })
  })
  const batch = createBatchPage(page)
  await batch.open()
  const file = test.info().outputPath('many.txt')
  await writeFile(file, toQuestions(MANY).join('\n'))
  await batch.choose(file)
  await expect(page.getByText('100,000 rows to ask')).toBeVisible({ timeout: 30_000 })
  await batch.atOnce.fill('64')
  await batch.start.click()
  await expect(batch.row(30)).toContainText('answered')
  const box = batch.rows
  for (const share of [0.25, 0.5, 1, 0]) {
    await box.evaluate((element, part) => element.scrollTo(0, element.scrollHeight * part), share)
    const middle = Math.round((MANY - 1) * share)
    await expect(batch.row(middle)).toContainText(`Question ${middle + 1}:`)
  }
  await expect.poll(batch.readDone).toBeGreaterThan(500)
  await batch.control('Cancel').click()
  await expect(batch.state).toHaveText('cancelled')
  const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks)
  test
    .info()
    .annotations.push({ type: 'longest task, ms', description: `${Math.max(0, ...tasks)}` })
  expect(Math.max(0, ...tasks)).toBeLessThan(LONGEST_TASK_MS)
})
