import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { test } from '../fixtures.ts'
import { createChatPage } from '../pages/chat-page.ts'

const FOLDER = fileURLToPath(new URL('../../docs/screens/', import.meta.url))

test.use({ viewport: { width: 1280, height: 800 } })

async function take(page: Page, name: string) {
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: 'disabled', caret: 'hide' })
}

test('a short conversation: for the readme, in the dark, on a phone', async ({ page, stub }) => {
  const chat = createChatPage(page)
  stub.control.patch({ ttftMs: 180, prefillMsPerToken: 0.4, tokenDelayMs: 22 })
  await chat.open()
  await chat.askAndWait('What can you do?')
  await chat.askAndWait('Compare where the time to first token goes, as a table.')
  await take(page, 'chat')
  await page.emulateMedia({ colorScheme: 'dark' })
  await take(page, 'dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 360, height: 780 })
  await take(page, 'phone')
})

test.describe('in Chinese', () => {
  test.use({ locale: 'zh-CN' })

  test('a conversation', async ({ page, stub }) => {
    const chat = createChatPage(page)
    stub.control.patch({ ttftMs: 180, prefillMsPerToken: 0.4, tokenDelayMs: 22 })
    await chat.open()
    await chat.askAndWait('用表格说明首个词元的时间花在哪里')
    await take(page, 'chinese')
  })
})
