import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'
import { expectAccessible, expectNoSidewaysScroll } from './pages/expect-look.ts'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

const CODE_LINES = Array.from(
  { length: 120 },
  (_, index) => `def step_${index}(token: str) -> int:  # number ${index}`,
)
const CODE = CODE_LINES.join('\n')
const CODE_ANSWER = `Here it is:\n\`\`\`python\n${CODE}\n\`\`\`\n\nThat is all.`
const MATHS_ANSWER = [
  'Attention is \\(\\operatorname{softmax}(QK^T)\\), it costs $5 or $10, and `\\(code\\)` is code.',
  '',
  '\\[',
  '\\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt{\\pi}}{2}',
  '\\]',
  '',
  'This one is wrong: \\(\\frac{1\\).',
].join('\n')
const TABLE_ANSWER = [
  '| quantization | memory | throughput | compatibility | recommendation |',
  '| --- | --- | --- | --- | --- |',
  '| unquantized bfloat16 | 7.64 GiB | 274–280 tokens/s | every generation | the starting point |',
  '| =HYPERLINK("https://evil.example") | -2 | 268 | Turing and newer | 量化后显存更小但吞吐不变 |',
].join('\n')

const readClipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText())

test('highlights code as it comes, and folds it when the thread is opened again', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  stub.control.patch({ text: CODE_ANSWER, tokenDelayMs: 2 })
  await chat.open()
  await chat.askAndWait('code')
  const block = chat.lastAnswer.locator('figure')
  await expect(block.locator('[data-token="keyword"]')).toHaveCount(120)
  await expect(block.locator('[data-token="comment"]').last()).toHaveText('# number 119')
  await expect(block.locator('pre')).toHaveAttribute('data-folded', 'false')
  expect(await block.locator('pre').textContent()).toBe(CODE)

  await page.reload()
  const unfold = block.getByRole('button', { name: 'Show all 120 lines' })
  await expect(unfold).toBeVisible()
  // The block is drawn anew once what draws code is loaded.
  await expect(async () => {
    await unfold.scrollIntoViewIfNeeded({ timeout: 1000 })
    await expect(block.locator('[data-token="keyword"]').first()).toBeVisible({ timeout: 2000 })
  }).toPass({ timeout: 20_000 })
  await expect(block.locator('[data-token="keyword"]')).toHaveCount(31)
  // Only the messages scroll: nothing in them makes the page itself longer than its window.
  expect(
    await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight),
  ).toBeLessThanOrEqual(0)
  expect((await block.locator('pre').boundingBox())?.height).toBeLessThan(31 * 24 + 24)
  await block.getByRole('button', { name: 'Copy code' }).click()
  expect(await readClipboard(page)).toBe(CODE)

  await unfold.click()
  await expect(block.locator('[data-token="keyword"]')).toHaveCount(120)
  expect((await block.locator('pre').boundingBox())?.height).toBeGreaterThan(119 * 24)
  const selected = await block.locator('pre').evaluate((element) => {
    getSelection()?.selectAllChildren(element)
    return getSelection()?.toString().trimEnd()
  })
  expect(selected).toBe(CODE)
})

test('draws maths, and leaves money, code and mistakes as they are', async ({ page, stub }) => {
  const chat = createChatPage(page)
  stub.control.patch({ text: MATHS_ANSWER, tokenDelayMs: 5 })
  await chat.open()
  await chat.askAndWait('maths')
  await expect(chat.lastAnswer.locator('math')).toHaveCount(2)
  const display = chat.lastAnswer.locator('math[display="block"]')
  expect((await display.boundingBox())?.height).toBeGreaterThan(30)
  await expect(chat.lastAnswer).toContainText('it costs $5 or $10, and \\(code\\) is code.')
  await expect(chat.lastAnswer.locator('code', { hasText: '\\frac{1' })).toBeVisible()
  await expectAccessible(page)
})

test('loads what draws code and maths only for an answer that has some', async ({ page, stub }) => {
  const chat = createChatPage(page)
  const scripts: string[] = []
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.push(request.url())
  })
  await chat.open()
  stub.control.patch({ text: 'A **plain** answer with `code` in a line, a list:\n\n- one\n- two' })
  await chat.askAndWait('plain')
  await expect(chat.lastAnswer.getByRole('listitem')).toHaveCount(2)
  expect(page.workers()).toEqual([])
  const plain = scripts.length
  await chat.askAndWait('plain again')
  expect(scripts.length).toBe(plain)
  stub.control.patch({ text: MATHS_ANSWER })
  await chat.askAndWait('maths')
  await expect(chat.lastAnswer.locator('math')).toHaveCount(2)
  expect(scripts.length).toBeGreaterThan(plain)
  expect(page.workers()).toEqual([])
  stub.control.patch({ text: CODE_ANSWER })
  await chat.askAndWait('code')
  await expect.poll(() => page.workers().length).toBe(1)
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 780 } })

  test('a table scrolls by itself, breaks no word, and is copied as CSV', async ({
    page,
    stub,
  }) => {
    const chat = createChatPage(page)
    stub.control.patch({ text: TABLE_ANSWER })
    await chat.open()
    await chat.askAndWait('table')
    const cells = chat.lastAnswer.getByRole('cell')
    await expect(cells).toHaveCount(10)
    const broken = await chat.lastAnswer.locator('td, th').evaluateAll((elements) =>
      elements.flatMap((element) => {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
        const found: string[] = []
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          for (const { 0: word, index } of (node.textContent ?? '').matchAll(/[a-z]+/gi)) {
            const range = document.createRange()
            range.setStart(node, index)
            range.setEnd(node, index + word.length)
            if (range.getClientRects().length > 1) found.push(word)
          }
        }
        return found
      }),
    )
    expect(broken).toEqual([])
    await expectNoSidewaysScroll(page)
    await chat.lastAnswer.getByRole('button', { name: 'Copy as CSV' }).click()
    const [, first, second] = (await readClipboard(page)).split('\r\n')
    expect(first).toBe(
      'unquantized bfloat16,7.64 GiB,274–280 tokens/s,every generation,the starting point',
    )
    expect(second).toMatch(/^"'=HYPERLINK\(""https:\/\/evil\.example""\)",-2,268,/)
  })
})

test('shows a line of 100 KB to its end and stays free to type in', async ({ page, stub }) => {
  const chat = createChatPage(page)
  const line = 'word '.repeat(20_000)
  stub.control.patch({
    tokens: [line.slice(0, 50_000), line.slice(50_000), 'end'],
    tokenDelayMs: 5,
  })
  await chat.open()
  await chat.askAndWait('long line')
  await expect(chat.lastAnswer).toContainText('word word end')
  await chat.input.fill('next')
  await expect(chat.input).toHaveValue('next')
  await expectNoSidewaysScroll(page)
})

test('tells a screen reader an answer by its sentences', async ({ page, stub }) => {
  const chat = createChatPage(page)
  stub.control.patch({ text: 'One is said. Two is **said**.\n\n```js\na\n```', tokenDelayMs: 60 })
  await chat.open()
  await chat.askAndWait('speak')
  const said = page.locator('[aria-live="polite"][aria-relevant="additions"] p')
  await expect(said.last()).toHaveText('Code, 1 line.')
  expect((await said.allTextContents()).slice(0, -1).join(' ')).toBe('One is said. Two is said.')
})

test('prints a whole conversation, without what is only for a screen', async ({ page, stub }) => {
  const chat = createChatPage(page)
  stub.control.patch({ text: CODE_ANSWER })
  await chat.open()
  await chat.askAndWait('print me')
  await page.reload()
  await expect(chat.lastAnswer.getByRole('button', { name: /Show all/ })).toBeVisible()
  await page.emulateMedia({ media: 'print' })
  await expect(chat.input).toBeHidden()
  await expect(page.locator('#new-chat-button')).toBeHidden()
  await expect(chat.lastAnswer.getByRole('button', { name: /Show all|Copy/ })).toHaveCount(0)
  expect((await chat.lastAnswer.locator('pre').boundingBox())?.height).toBeGreaterThan(119 * 20)
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(2)
  const [, width, height] = pdf.match(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/) ?? []
  expect(Number(height)).toBeGreaterThan(Number(width))
})
