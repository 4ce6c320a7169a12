import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'

test.use({ expectedErrors: [/503 \(Service Unavailable\)/] })

const WIDE_ANSWER = [
  '## Compared',
  '',
  `| ${'column of some width | '.repeat(9)}`,
  `|${'---|'.repeat(9)}`,
  `| ${'value 123 | '.repeat(9)}`,
  '',
  '```ts',
  `const line = '${'x'.repeat(400)}'`,
  '```',
  '',
  'w'.repeat(300),
].join('\n')

async function expectNoSidewaysScroll(page: Page) {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow).toBe(0)
}

async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 780 } })

      test('the start page, shut and open', async ({ page, stub }) => {
        const chat = createChatPage(page)
        stub.control.patch({ loadingMs: 60_000 })
        await stub.control.act({ action: 'restart' })
        await chat.open()
        await expect(chat.gate).toBeVisible()
        await expectAccessible(page)
        await expectNoSidewaysScroll(page)
        await stub.control.act({ action: 'finish-loading' })
        await expect(chat.gate).toBeHidden()
        await expectAccessible(page)
        await expectNoSidewaysScroll(page)
      })

      test('a thread with an answer, a failed one and the table of /debug', async ({
        page,
        stub,
      }) => {
        const chat = createChatPage(page)
        await chat.open()
        stub.control.patch({ text: WIDE_ANSWER })
        await chat.askAndWait('a table and code')
        await expect(chat.lastAnswer.getByRole('table')).toBeVisible()
        stub.control.patch({ error: { when: 'first', afterTokens: 0, status: 500, shape: 'flat' } })
        await chat.askAndWait('fail')
        await expectAccessible(page)
        await expectNoSidewaysScroll(page)
        await page.goto('/debug')
        await expect(page.getByRole('table')).toBeVisible()
        await expectAccessible(page)
        await expectNoSidewaysScroll(page)
      })
    })
  }
}

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
