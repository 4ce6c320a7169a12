import { expect, type StubWithLog, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'
import { createDebugPage } from './pages/debug-page.ts'
import { expectAccessible, expectNoSidewaysScroll } from './pages/expect-look.ts'

const words = (count: number) => 'word '.repeat(count)

type Message = { role: string; content: string }

/** The messages of each question's prompt, as the engine got them; and as bytes without their closing bracket. */
function readPrompts(stub: StubWithLog): { messages: Message[]; bytes: string }[] {
  const bodies = stub.control
    .requests({ path: '/v1/chat/completions' })
    .map(({ body }) => JSON.parse(body))
  // The warm-up is not streamed.
  return bodies
    .filter(({ stream }) => stream === true)
    .map(({ messages }) => ({ messages, bytes: JSON.stringify(messages).slice(0, -1) }))
}

test('an answer that did not fit leads on without the oldest turns, and back again', async ({
  page,
  stub,
}) => {
  const [chat, debug] = [createChatPage(page), createDebugPage(page)]
  const border = page.locator('[data-trim-border]')
  await chat.open()
  await chat.askAndWait(`a long beginning ${words(3000)}`)
  stub.control.patch({ maxModelLen: 2500 })
  await chat.askAndWait('and a short question')
  const error = page.locator('[data-error="engine_context_too_long"]')
  await expect(error.getByRole('link', { name: 'New chat' })).toBeVisible()
  await expect(page.locator('[data-trim="1"]')).toContainText('a long beginning')
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Leave them out and send again' }).press('Enter')
  await expect(error).toHaveCount(0)
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
  await expect(border).toHaveAttribute('data-trim-border', '1')
  await expect(chat.questions.first()).toContainText('a long beginning')
  const [system] = readPrompts(stub)[0]?.messages ?? []
  const trimmed = readPrompts(stub).at(-1)
  expect(trimmed?.messages).toEqual([system, { role: 'user', content: 'and a short question' }])

  await page.reload()
  await expect(border).toHaveAttribute('data-trim-border', '1')
  await chat.askAndWait('and one after it')
  expect(
    readPrompts(stub)
      .at(-1)
      ?.bytes.startsWith(trimmed?.bytes ?? 'none'),
  ).toBe(true)
  await debug.openLastAnswer()
  await expect(debug.drawer).toContainText('the oldest turn of this chat')
  await page.keyboard.press('Escape')
  await expectAccessible(page)
  await page.setViewportSize({ width: 360, height: 780 })
  await expectNoSidewaysScroll(page)

  stub.control.patch({ maxModelLen: 8192 })
  await border.getByRole('button', { name: 'Send them again' }).click()
  await expect(border).toHaveCount(0)
  await expect(chat.input).toBeFocused()
  await chat.askAndWait('with all of it')
  const whole = readPrompts(stub).at(-1)
  expect(whole?.messages).toHaveLength(8)
  expect(whole?.bytes.startsWith(readPrompts(stub)[0]?.bytes ?? 'none')).toBe(true)
})

test.describe('before the limit', () => {
  test.use({ locale: 'zh-CN' })
  test('the meter offers to leave out the oldest turns, also in Chinese', async ({
    page,
    stub,
  }) => {
    const chat = createChatPage(page)
    const meter = page.locator('[data-context]')
    await chat.open()
    await chat.askAndWait(`first ${words(600)}`)
    await chat.askAndWait(`second ${words(300)}`)
    await chat.input.fill('now a draft')
    await expect(meter).toHaveAttribute('data-context', 'fits')
    const used = Number(/\d+/.exec((await meter.innerText()).replaceAll(',', ''))?.[0])
    stub.control.patch({ maxModelLen: Math.ceil(used * 1.05) })
    await chat.input.fill('now a draft.')
    await expect(meter).toHaveAttribute('data-context', 'near')
    await expectAccessible(page)

    await meter.getByText('省略最早的 1 个问题…').click()
    await expect(meter.getByRole('listitem')).toHaveText(/^first word/)
    await expectAccessible(page)
    await meter.getByRole('button', { name: '省略它们' }).click()
    await expect(meter).toHaveAttribute('data-context', 'fits')
    await expect(page.locator('[data-trim-border="1"]')).toContainText('不再发送给模型')
    await expectAccessible(page)
    await chat.input.press('Enter')
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
    const sent = readPrompts(stub).at(-1)?.messages ?? []
    expect(sent.map(({ content }) => content.slice(0, 6)).slice(1)).toEqual([
      'second',
      expect.any(String),
      'now a ',
    ])
  })
})
