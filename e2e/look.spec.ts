import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'
import { CHAT_STATES } from './pages/chat-states.ts'
import { createDebugPage } from './pages/debug-page.ts'
import { expectAccessible, expectNoSidewaysScroll, expectWholeHeader } from './pages/expect-look.ts'

test.use({
  // One of the states is that of an engine which serves another model.
  appEnv: { MODEL: 'Qwen/Qwen3-4B-Instruct-2507' },
  expectedErrors: [/503 \(Service Unavailable\)|ERR_INTERNET_DISCONNECTED/],
})

/** A state is brought about once, and seen at each width and in each theme. */
async function expectGoodLook(page: Page) {
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [360, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 780 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(page.locator('html')).toHaveClass(new RegExp(`\\b${colorScheme}\\b`))
    await test.step(`${colorScheme}, ${width} px`, async () => {
      await expectAccessible(page)
      await expectNoSidewaysScroll(page)
      await expectWholeHeader(page)
    })
  }
}

test.describe('is accessible and never scrolls sideways, wide and narrow, light and dark', () => {
  for (const [name, enter] of Object.entries(CHAT_STATES)) {
    test(name, async ({ page, stub }) => {
      await enter({ page, stub })
      await expectGoodLook(page)
    })
  }

  test('the table of answers, with one that failed', async ({ page, stub }) => {
    await CHAT_STATES.error({ page, stub })
    const debug = createDebugPage(page)
    await debug.open()
    await expect(debug.rows.first()).toBeVisible()
    await expectGoodLook(page)
  })
})

test('works by keyboard from start to stop', async ({ page, stub }) => {
  const chat = createChatPage(page)
  stub.control.patch({ tokenDelayMs: 50, tokenCount: 300 })
  await chat.open()
  await expect(chat.gate).toBeHidden()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(chat.input).toBeFocused()
  await page.keyboard.type('by keyboard')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('two lines')
  await page.keyboard.press('Enter')
  await expect(chat.lastAnswer).toContainText(/\w+ \w+/)
  await page.keyboard.press('Escape')
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'stopped')
  await expect(chat.questions).toContainText('two lines')
})

test('speaks Chinese to a browser that asks for it', async ({ browser, app }) => {
  const context = await browser.newContext({ locale: 'zh-CN', baseURL: app.url })
  const page = await context.newPage()
  await page.goto('/')
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
  await expect(page.locator('#chat-input')).toHaveAttribute('placeholder', /[\u4e00-\u9fff]/)
  await context.close()
})
