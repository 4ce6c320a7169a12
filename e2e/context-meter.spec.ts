import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'
import { expectAccessible } from './pages/expect-look.ts'
import { readTimingRows } from './pages/read-timing-rows.ts'

test.describe('the context meter', () => {
  test('counts the draft as the engine does, and warns before the limit', async ({
    page,
    stub,
  }) => {
    const chat = createChatPage(page)
    await chat.open()
    await chat.input.fill('How many tokens is this?')
    const meter = page.locator('[data-context]')
    await expect(meter).toHaveAttribute('data-context', 'fits')
    const text = (await meter.innerText()).replaceAll(',', '')
    await chat.input.press('Enter')
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
    const [row] = await readTimingRows(page.request)
    expect(text).toContain(`${row?.timing.promptTokens} / 8192 tokens`)
    await expect(meter).toHaveCount(0)

    const longest = stub.control.scenario().maxModelLen
    await chat.input.fill('word '.repeat(longest - 700))
    await expect(meter).toHaveAttribute('data-context', /near|too-long/)
    await chat.input.fill('word '.repeat(longest))
    await expect(meter).toHaveAttribute('data-context', 'too-long')
    await expectAccessible(page)
  })
})
