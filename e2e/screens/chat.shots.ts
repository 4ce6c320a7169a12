import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'
import { createBatchPage } from '../pages/batch-page.ts'
import { createChatPage } from '../pages/chat-page.ts'
import { CHAT_STATES } from '../pages/chat-states.ts'
import { createDebugPage } from '../pages/debug-page.ts'
import { createPlanPage } from '../pages/plan-page.ts'
import { createTipsPage } from '../pages/tips-page.ts'

const FOLDER = fileURLToPath(new URL('../../docs/screens/', import.meta.url))

/** Of a small model on one card. */
const PACE = { ttftMs: 180, prefillMsPerToken: 0.4, tokenDelayMs: 12 }
const PHONE = { width: 360, height: 780 }

test.use({
  viewport: { width: 1280, height: 800 },
  contextOptions: { reducedMotion: 'reduce' },
  expectedErrors: [/503 \(Service Unavailable\)/],
})

test.beforeEach(({ stub }) => {
  stub.control.patch(PACE)
})

async function take(page: Page, name: string) {
  await page.mouse.move(0, 0)
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: 'disabled', caret: 'hide' })
}

for (const [name, state] of [
  ['start', 'unreachable'],
  ['loading', 'loading'],
  ['ready', 'ready'],
  ['streaming', 'streaming'],
  ['error', 'error'],
  ['details', 'details'],
] as const) {
  test(name, async ({ page, stub }) => {
    await CHAT_STATES[state]({ page, stub })
    await take(page, name)
  })
}

for (const name of ['code', 'table', 'maths'] as const) {
  test(name, async ({ page, stub }) => {
    await CHAT_STATES[name]({ page, stub })
    const question = createChatPage(page).questions.first()
    await question.evaluate((element) => element.scrollIntoView({ block: 'start' }))
    await take(page, name)
  })
}

test('a short conversation: for the readme, in the dark, on a phone', async ({ page }) => {
  const chat = createChatPage(page)
  await chat.open()
  await chat.askAndWait('What can you do?')
  await chat.askAndWait('Compare where the time to first token goes, as a table.')
  await take(page, 'chat')
  await page.emulateMedia({ colorScheme: 'dark' })
  await take(page, 'dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(PHONE)
  await take(page, 'phone')
})

test('the answers in the debug view, on a phone and in the dark', async ({ page, stub }) => {
  const [chat, debug] = [createChatPage(page), createDebugPage(page)]
  await chat.open()
  for (const queueMs of [0, 40, 350, 900]) {
    stub.control.patch({ queueMs })
    await chat.askAndWait(`What shortens the wait when the queue takes ${queueMs} ms?`)
  }
  await debug.open()
  await expect(page.locator('figure')).toHaveCount(2)
  await page.emulateMedia({ colorScheme: 'dark' })
  await take(page, 'debug-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(PHONE)
  await take(page, 'debug-phone')
})

test('the plan', async ({ page }) => {
  const plan = createPlanPage(page)
  await plan.open()
  await expect(plan.verdict).toBeVisible()
  await take(page, 'plan')
})

test('the tips, before and after a change', async ({ page, stub }) => {
  test.slow()
  stub.control.patch({ ...PACE, tokenDelayMs: 4, tokenCount: 24 })
  const tips = createTipsPage(page)
  await tips.open()
  await tips.measure('client').click()
  await expect(tips.outcome('recorded')).toBeVisible({ timeout: 60_000 })
  stub.control.patch({ tokenDelayMs: 9 })
  await tips.label.fill('slower')
  await tips.measure('client').click()
  await expect(tips.card('client').locator('[data-verdict]').first()).toBeVisible({
    timeout: 60_000,
  })
  await page.emulateMedia({ colorScheme: 'dark' })
  await take(page, 'tips-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.evaluate(() => scrollTo(0, 0))
  await take(page, 'tips')
})

test('a batch that is done', async ({ page }) => {
  const questions = Array.from(
    { length: 40 },
    (_, index) => `What changes for the first token when ${index + 1} requests run at once?`,
  )
  // The bar is not to be caught on its way.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const batch = createBatchPage(page)
  await batch.open()
  await batch.paste(questions.join('\n'))
  await batch.start.click()
  await expect(batch.state).toHaveAttribute('data-state', 'complete', { timeout: 60_000 })
  await take(page, 'batch')
})

test.describe('in Chinese', () => {
  test.use({ locale: 'zh-CN' })

  test('a conversation and the debug view', async ({ page }) => {
    const chat = createChatPage(page)
    await chat.open()
    await chat.askAndWait('用表格说明首个词元的时间花在哪里')
    await take(page, 'chinese')
    await createDebugPage(page).open()
    await expect(page.locator('figure')).toHaveCount(2)
    await take(page, 'debug-chinese')
  })
})
