import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'
import { expectAccessible, expectNoSidewaysScroll } from './pages/expect-look.ts'
import { createThreadsPage } from './pages/threads-page.ts'

const idOf = (url: string) => new URL(url).pathname.split('/').at(-1) ?? ''

test('keeps the chats beside the page: named, pinned, archived, deleted and had back', async ({
  page,
}) => {
  const chat = createChatPage(page)
  const threads = createThreadsPage(page)
  await chat.open()
  await chat.askAndWait('An apple a day')
  await expect(threads.names.first()).toHaveText('An apple a day')
  await page.locator('#new-chat-button').click()
  await expect(chat.questions).toHaveCount(0)
  await chat.askAndWait('A pear a day')
  await expect(threads.names.first()).toHaveText('A pear a day')
  await expect(threads.names.first()).toHaveAttribute('aria-current', 'page')
  await expect(threads.sidebar.getByRole('heading', { name: 'Today' })).toBeVisible()

  await threads.choose({ title: 'An apple a day', action: 'Rename' })
  await page.keyboard.type('Apples')
  await page.keyboard.press('Enter')
  await threads.choose({ title: 'Apples', action: 'Pin' })
  await expect(threads.names.first()).toHaveText('Apples')
  await page.reload()
  await expect(threads.names.first()).toHaveText('Apples')
  await expect(threads.sidebar.getByRole('heading', { name: 'Pinned' })).toBeVisible()

  await threads.choose({ title: 'Apples', action: 'Archive' })
  await expect(threads.row('Apples')).toHaveCount(0)
  await threads.sidebar.getByRole('button', { name: 'Archive, import, export' }).click()
  await expect(page.getByRole('menuitem', { name: 'Archived chats' })).toBeFocused()
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const archive = page.getByRole('dialog', { name: 'Archived chats' })
  await archive.getByRole('button', { name: 'Take “Apples” out of the archive' }).click()
  await expect(archive).toContainText('Nothing is archived.')
  await page.keyboard.press('Escape')
  await expect(threads.names.first()).toHaveText('Apples')

  await threads.choose({ title: 'A pear a day', action: 'Delete' })
  await expect(threads.row('A pear a day')).toHaveCount(0)
  await expect(page.locator('[data-deleted]')).toBeVisible()
  await threads.notice.getByRole('button', { name: 'Undo' }).click()
  await expect(threads.row('A pear a day')).toHaveCount(1)
  await expect(chat.input).toBeVisible()
})

test('folds away, stays so after a reload, and moves nothing as it loads', async ({ page }) => {
  const chat = createChatPage(page)
  const threads = createThreadsPage(page)
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value } = entry as PerformanceEntry & { value: number }
        Object.assign(window, { shift: (Reflect.get(window, 'shift') ?? 0) + value })
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await chat.open()
  await expect(threads.sidebar).toBeVisible()
  await threads.sidebar.hover()
  await page.keyboard.press('Control+b')
  await expect(threads.sidebar).toBeHidden()
  await page.reload()
  await expect(chat.input).toBeVisible()
  await expect(threads.sidebar).toBeHidden()
  expect(await page.evaluate(() => Reflect.get(window, 'shift') ?? 0)).toBeLessThan(0.02)
  await page.locator('#sidebar-button').click()
  await expect(threads.sidebar).toBeVisible()
})

test('finds words in all chats, in Chinese too, and opens them where they stand', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  await chat.open()
  stub.control.patch({ text: 'The zymurgist brews.' })
  await chat.askAndWait('Who brews?')
  stub.control.patch({ text: '首词延迟取决于预填充。' })
  await chat.askAndWait('延迟取决于什么？')
  await page.waitForURL(/\/chat\//)
  const thread = idOf(page.url())
  await page.locator('#new-chat-button').click()
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Search chats' })
  await palette.getByRole('combobox').fill('zymurgist')
  await expect(palette.getByRole('option')).toHaveCount(1)
  await expect(palette.locator('mark')).toHaveText('zymurgist')
  await palette.getByRole('combobox').fill('预填充')
  await expect(palette.getByRole('option')).toHaveCount(1)
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await page.waitForURL(new RegExp(thread))
  const found = page.locator('[data-found]')
  await expect(found).toContainText('首词延迟取决于预填充。')
  await expect(found).toBeInViewport()
  await expect(found).toBeFocused()
})

type Body = { messages: { role: string; content: string }[] }

test('keeps a changed question and a changed answer as branches, and begins a chat from one', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  const promptOf = (question: string) => {
    const sent = stub.control.requests({ path: '/v1/chat/completions' })
    const { body } = sent.findLast((request) => request.body.includes(question)) ?? { body: '{}' }
    const { messages } = JSON.parse(body) as Body
    return messages.slice(1).map(({ content }) => content)
  }
  await chat.open()
  stub.control.patch({ text: 'Red.' })
  await chat.askAndWait('First colour?')
  stub.control.patch({ text: 'Green.' })
  await chat.askAndWait('Second colour?')
  stub.control.patch({ text: 'Blue.' })
  const first = chat.questions.first()
  await first.hover()
  await first.getByRole('button', { name: 'Edit question' }).click()
  const editor = page.locator('#edit-chat-input')
  await expect(editor).toBeFocused()
  await editor.fill('First sound?')
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await expect(chat.lastAnswer).toContainText('Blue.')
  await expect(chat.questions).toHaveText([/First sound\?/])
  expect(promptOf('First sound?')).toEqual(['First sound?'])

  const previous = chat.questions.first().getByRole('button', { name: 'Previous question' })
  await previous.press('Enter')
  await expect(chat.questions).toHaveCount(2)
  await expect(chat.lastAnswer).toContainText('Green.')
  await expect(previous).toBeFocused()

  const answer = chat.answers.first()
  await answer.hover()
  await answer.getByRole('button', { name: 'Edit answer' }).click()
  await editor.fill('Purple, by hand.')
  await page.keyboard.press('Control+Enter')
  await expect(chat.lastAnswer).toContainText('Edited by you')
  await expect(chat.questions).toHaveCount(1)
  await chat.askAndWait('And after that?')
  expect(promptOf('And after that?')).toEqual([
    'First colour?',
    'Purple, by hand.',
    'And after that?',
  ])
  await page.waitForURL(/\/chat\//)
  const origin = page.url()
  await chat.answers.first().hover()
  await chat.answers.first().getByRole('button', { name: 'New chat from here' }).click()
  await page.waitForURL((url) => idOf(url.href) !== idOf(origin))
  await expect(chat.answers).toHaveCount(1)
  await expect(chat.lastAnswer).toContainText('Purple, by hand.')
  await page.goto(origin)
  await expect(chat.answers).toHaveCount(2)
})

test('shows in one tab what another does, and tells the one whose name was replaced', async ({
  page,
  context,
  stub,
}) => {
  const chat = createChatPage(page)
  const threads = createThreadsPage(page)
  await chat.open()
  await chat.askAndWait('Shared by two tabs')
  await page.waitForURL(/\/chat\//)
  const other = await context.newPage()
  const otherChat = createChatPage(other)
  const otherThreads = createThreadsPage(other)
  const listening = other.waitForResponse(/\/api\/events$/)
  await otherChat.open(page.url())
  await expect(otherChat.answers).toHaveCount(1)
  await listening
  stub.control.patch({ tokenDelayMs: 30, tokenCount: 60 })
  await chat.ask('From the first tab')
  await expect(otherChat.questions).toHaveCount(2)
  await expect(otherThreads.row('Shared by two tabs')).toContainText('An answer is being written')
  await expect(otherChat.lastAnswer).toHaveAttribute('data-status', 'complete', { timeout: 15_000 })
  await expect(otherThreads.row('Shared by two tabs')).not.toContainText('being written')

  const rename = async (one: typeof page, from: string, to: string) => {
    await createThreadsPage(one).choose({ title: from, action: 'Rename' })
    await one.keyboard.type(to)
    await one.keyboard.press('Enter')
  }
  await rename(page, 'Shared by two tabs', 'Mine')
  await expect(otherThreads.row('Mine')).toHaveCount(1)
  await rename(other, 'Mine', 'Theirs')
  await expect(threads.notice).toContainText('Renamed to “Theirs” in another tab')
  await expect(page).toHaveTitle('Theirs · First Token')
  await otherThreads.choose({ title: 'Theirs', action: 'Delete' })
  await expect(page.locator('[data-deleted]')).toBeVisible()
  await expect(threads.row('Theirs')).toHaveCount(0)
  await other.close()
})

test('lets one follow-up wait for the end of an answer, also over a reload, and sends it once', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  await chat.open()
  stub.control.patch({ tokenDelayMs: 60, tokenCount: 60 })
  await chat.ask('A long one')
  await expect(chat.lastAnswer).toContainText(/\w+/)
  await chat.input.fill('The follow-up')
  await chat.input.press('Enter')
  const queued = page.locator('[data-queued]')
  await expect(queued).toContainText('The follow-up')
  await queued.getByRole('button', { name: 'Take back' }).click()
  await expect(chat.input).toHaveValue('The follow-up')
  await chat.input.press('Enter')
  await expect(queued).toBeVisible()
  await page.reload()
  await expect(queued).toContainText('The follow-up')
  await expect(chat.questions).toHaveCount(1)
  await expect(chat.questions).toHaveCount(2, { timeout: 15_000 })
  await expect(queued).toHaveCount(0)
  await chat.stop.click()
  await page.reload()
  await expect(chat.questions).toHaveCount(2)
  const sent = stub.control.requests({ path: '/v1/chat/completions' })
  expect(sent.filter(({ body }) => body.includes('The follow-up'))).toHaveLength(1)
})

test('stores nothing of a temporary chat', async ({ page }) => {
  const chat = createChatPage(page)
  const threads = createThreadsPage(page)
  await chat.open()
  await page.getByRole('button', { name: 'Temporary chat' }).click()
  await chat.askAndWait('Off the record')
  await chat.askAndWait('And this too')
  expect(new URL(page.url()).pathname).toBe('/')
  const listed = await (await page.request.get('/api/threads')).json()
  expect(JSON.stringify(listed)).not.toContain('Off the record')
  await threads.sidebar.hover()
  await expect(threads.row('Off the record')).toHaveCount(0)
  await page.locator('#new-chat-button').click()
  await expect(chat.questions).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Temporary chat' })).toHaveAttribute(
    'aria-pressed',
    'false',
  )
})

for (const { width, colorScheme } of [
  { width: 360, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
] as const) {
  test.describe(`${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 780 }, colorScheme })

    test('the list, its menu and a branch can be read by everyone', async ({ page, stub }) => {
      const chat = createChatPage(page)
      await chat.open()
      stub.control.patch({ text: 'Short.' })
      await chat.askAndWait(
        'A question of some length, that the list has to cut somewhere near here',
      )
      await chat.lastAnswer.getByRole('button', { name: 'Regenerate' }).click()
      await expect(chat.lastAnswer.getByRole('group', { name: 'Answer 2 of 2' })).toBeVisible()
      if (width < 768) await page.locator('#sidebar-button').click()
      const list = width < 768 ? page.locator('#threads-sheet') : page.locator('#threads')
      await list.hover()
      await list.locator('[data-thread]').first().getByRole('button').click()
      await expect(page.getByRole('menu')).toBeVisible()
      await expectAccessible(page)
      await expectNoSidewaysScroll(page)
      await page.keyboard.press('Escape')
      if (width >= 768) return
      await list.getByRole('link').first().click()
      await page.keyboard.press('Escape')
      await expect(list).toHaveCount(0)
      await expectAccessible(page)
      await expectNoSidewaysScroll(page)
    })
  })
}
