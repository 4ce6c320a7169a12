import { readFile, writeFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'
import { expectAccessible, expectNoSidewaysScroll } from './pages/expect-look.ts'
import { createThreadsPage } from './pages/threads-page.ts'

async function chooseForAll(page: Page, action: string) {
  const sidebar = page.locator('#threads')
  await sidebar.getByRole('button', { name: 'Archive, import, export' }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

test.describe('files', () => {
  test.use({ expectedErrors: [/400 \(Bad Request\)/] })

  test('go out in each format and come in again; a bad one is refused with its place, and nothing of it kept', async ({
    page,
    context,
    stub,
  }, testInfo) => {
    const chat = createChatPage(page)
    const threads = createThreadsPage(page)
    await chat.open()
    stub.control.patch({ text: 'A kept answer.' })
    await chat.askAndWait('A kept question')
    await threads.choose({ title: 'A kept question', action: 'Export' })
    const dialog = page.getByRole('dialog', { name: 'Export “A kept question”' })
    await expectAccessible(page)
    const texts: string[] = []
    for (const format of ['JSON', 'Markdown', 'OpenAI JSONL', 'ShareGPT']) {
      const download = page.waitForEvent('download')
      await dialog.getByRole('button', { name: `Save as ${format}` }).click()
      texts.push(await readFile(await (await download).path(), 'utf8'))
    }
    for (const text of texts) expect(text).toContain('A kept answer.')
    await page.keyboard.press('Escape')

    const changed = texts[0]?.replaceAll('A kept question', 'An imported question') ?? ''
    const ids = new Map<string, string>()
    const fresh = changed.replaceAll(/[0-9a-f-]{36}/g, (id) => {
      ids.set(id, ids.get(id) ?? crypto.randomUUID())
      return ids.get(id) ?? id
    })
    const good = testInfo.outputPath('good.json')
    const bad = testInfo.outputPath('bad.json')
    await writeFile(good, fresh)
    await writeFile(
      bad,
      fresh
        .replace('"role": "assistant"', '"role": "oracle"')
        .replace('"role":"assistant"', '"role":"oracle"')
        .replaceAll('imported', 'refused'),
    )
    await chooseForAll(page, 'Import chats')
    const load = page.getByRole('dialog', { name: 'Import chats' })
    await load.locator('input[type=file]').setInputFiles(bad)
    await expect(load.locator('[data-error="import_invalid"]')).toContainText('it is wrong at')
    await expectAccessible(page)
    const otherPage = await context.newPage()
    const other = createThreadsPage(otherPage)
    const listening = otherPage.waitForResponse(/\/api\/events$/)
    await otherPage.goto('/')
    await listening
    await expect(other.names.filter({ hasText: 'A kept question' })).toHaveCount(1)
    await load.locator('input[type=file]').setInputFiles(good)
    await expect(load).toContainText('1 chat with 2 messages imported.')
    await expect(other.row('An imported question')).toHaveCount(1)
    await otherPage.close()
    await page.keyboard.press('Escape')
    await expect(threads.row('An imported question')).toHaveCount(1)
    await expect(threads.row('A refused question')).toHaveCount(0)
    await threads.row('An imported question').getByRole('link').click()
    await expect(chat.lastAnswer).toContainText('A kept answer.')
  })
})

test.describe('a link', () => {
  test.use({ expectedErrors: [/404 \(Not Found\)/] })

  test('shows a chat as it was, to whoever has it, until it is revoked', async ({ page, stub }) => {
    const chat = createChatPage(page)
    const threads = createThreadsPage(page)
    await chat.open()
    stub.control.patch({ text: 'A **shared** answer.' })
    await chat.askAndWait('A shared question')
    await threads.choose({ title: 'A shared question', action: 'Share' })
    const dialog = page.getByRole('dialog', { name: 'Share “A shared question”' })
    await dialog.getByRole('button', { name: 'Create a link' }).click()
    const link = dialog.getByRole('link')
    await expectAccessible(page)
    const address = (await link.getAttribute('href')) ?? ''
    await page.keyboard.press('Escape')
    await chat.askAndWait('A later question')

    const response = await page.goto(address)
    expect(response?.headers()['x-robots-tag']).toContain('noindex')
    await expect(page.getByRole('main')).toContainText('A shared question')
    await expect(page.locator('main strong')).toHaveText('shared')
    await expect(page.getByRole('main')).not.toContainText('A later question')
    await expect(page.locator('#chat-input')).toHaveCount(0)
    await page.setViewportSize({ width: 360, height: 780 })
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
    await page.setViewportSize({ width: 1280, height: 780 })

    await page.goto('/')
    await threads.choose({ title: 'A shared question', action: 'Share' })
    await dialog.getByRole('button', { name: 'Revoke this link' }).click()
    await expect(dialog.getByRole('link')).toHaveCount(0)
    expect((await page.goto(address))?.status()).toBe(404)
  })
})
