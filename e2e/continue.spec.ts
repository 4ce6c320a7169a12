import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'

const CHAT_PATH = '/v1/chat/completions'
const WHOLE =
  'The first token is the slow one. All the others follow it, one after another, at a steady pace.'
const HALF = 'The first token is the slow one. All the'

type Body = {
  messages: { role: string; content: string }[]
  continue_final_message?: boolean
  add_generation_prompt?: boolean
}

type Requests = { control: { requests: (filter: { path: string }) => { body: string }[] } }

/** What was asked of the engine with this question in it, in order; without warm-ups. */
function bodiesOf(stub: Requests, question: string): Body[] {
  return stub.control
    .requests({ path: CHAT_PATH })
    .filter(({ body }) => body.includes(question))
    .map(({ body }) => JSON.parse(body))
}

test.describe('Continue', () => {
  test('goes on after a length limit: one whole text beside the first, and the next turn builds on it', async ({
    page,
    stub,
  }) => {
    const chat = createChatPage(page)
    await chat.open()
    stub.control.patch({ text: HALF, finishReason: 'length' })
    await chat.askAndWait('Tell me of tokens')
    await expect(chat.lastAnswer).toContainText('reached its length limit')
    stub.control.patch({ text: WHOLE, finishReason: '' })
    await chat.lastAnswer.getByRole('button', { name: 'Continue' }).click()
    await expect(chat.lastAnswer.getByRole('group', { name: 'Answer 2 of 2' })).toBeVisible()
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
    await expect(chat.lastAnswer).toContainText(WHOLE)
    await expect(chat.lastAnswer.getByRole('button', { name: 'Continue' })).toHaveCount(0)
    const [, going] = bodiesOf(stub, 'Tell me of tokens')
    expect(going).toMatchObject({ continue_final_message: true, add_generation_prompt: false })
    expect(going?.messages.at(-1)).toEqual({ role: 'assistant', content: HALF })

    stub.control.patch({ text: '' })
    await chat.askAndWait('And then?')
    const [, , next] = bodiesOf(stub, 'Tell me of tokens')
    expect(next?.messages.at(-2)).toEqual({ role: 'assistant', content: WHOLE })
    expect(next).not.toHaveProperty('continue_final_message')

    await page.reload()
    await expect(chat.answers.first()).toContainText(WHOLE)
    await chat.answers.first().getByRole('button', { name: 'Previous answer' }).click()
    await expect(chat.lastAnswer).toContainText('reached its length limit')
    await expect(chat.lastAnswer).not.toContainText('at a steady pace')
  })

  test('goes on after the connection to the engine was cut, and again after a stop', async ({
    page,
    stub,
  }) => {
    const chat = createChatPage(page)
    await chat.open()
    stub.control.patch({ text: WHOLE, tokenDelayMs: 20, cut: { afterTokens: 5, how: 'rst' } })
    await chat.askAndWait('Tell me of cuts')
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'interrupted')
    await expect(chat.lastAnswer).toContainText('ended the stream in the middle')

    stub.control.patch({ cut: null, tokenDelayMs: 300 })
    const words = (await chat.lastAnswer.locator('.answer-text').innerText()).length
    await chat.lastAnswer.getByRole('button', { name: 'Continue' }).click()
    const length = async () => (await chat.lastAnswer.locator('.answer-text').innerText()).length
    await expect.poll(length).toBeGreaterThan(words)
    await chat.stop.click()
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'stopped')

    stub.control.patch({ tokenDelayMs: 0 })
    await chat.lastAnswer.getByRole('button', { name: 'Continue' }).click()
    await expect(chat.lastAnswer.getByRole('group', { name: 'Answer 3 of 3' })).toBeVisible()
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
    const threadId = new URL(page.url()).pathname.split('/').at(-1)
    const thread = await (await page.request.get(`/api/threads/${threadId}`)).json()
    expect(thread.messages.at(-1).text).toBe(WHOLE)
    expect(thread.messages).toHaveLength(2)
  })

  test('survives a reload in its middle, with no gap and no repeat', async ({ page, stub }) => {
    const chat = createChatPage(page)
    await chat.open()
    stub.control.patch({ text: HALF, finishReason: 'length' })
    await chat.askAndWait('Tell me of reloads')
    stub.control.patch({ text: WHOLE, finishReason: '', tokenDelayMs: 150 })
    await chat.lastAnswer.getByRole('button', { name: 'Continue' }).click()
    await expect(chat.lastAnswer).toContainText('All the others')
    await page.reload()
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete', { timeout: 15_000 })
    await expect(chat.lastAnswer.locator('.answer-text')).toHaveText(WHOLE)
    expect(bodiesOf(stub, 'Tell me of reloads')).toHaveLength(2)
  })
})

test('keeps every answer to a question; what is shown is what is sent on, also after a reload', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  await chat.open()
  stub.control.patch({ text: 'First answer.' })
  await chat.askAndWait('Which one?')
  stub.control.patch({ text: 'Second answer.' })
  await chat.lastAnswer.getByRole('button', { name: 'Regenerate' }).click()
  await expect(chat.lastAnswer).toContainText('Second answer.')
  await expect(chat.questions).toHaveCount(1)

  const previous = chat.lastAnswer.getByRole('button', { name: 'Previous answer' })
  await previous.focus()
  await page.keyboard.press('Enter')
  await expect(chat.lastAnswer).toContainText('First answer.')
  await expect(previous).toBeFocused()
  await expect(page).toHaveURL(/\?through=[0-9a-f-]{36}$/)
  await page.reload()
  await expect(chat.lastAnswer).toContainText('First answer.')
  await expect(chat.lastAnswer.getByRole('group', { name: 'Answer 1 of 2' })).toBeVisible()

  stub.control.patch({ text: 'Built on the first.' })
  await chat.askAndWait('Go on from there')
  const [sent] = bodiesOf(stub, 'Go on from there')
  expect(sent?.messages.slice(1).map(({ content }) => content)).toEqual([
    'Which one?',
    'First answer.',
    'Go on from there',
  ])
  await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}$/)

  const first = chat.answers.first()
  await first.getByRole('button', { name: 'Next answer' }).click()
  await expect(chat.lastAnswer).toContainText('Second answer.')
  await expect(chat.questions).toHaveCount(1)
  await page.reload()
  await expect(chat.lastAnswer).toContainText('Second answer.')
  await first.getByRole('button', { name: 'Previous answer' }).click()
  await expect(chat.lastAnswer).toContainText('Built on the first.')
  await expect(chat.questions).toHaveCount(2)
})

test.describe('two tabs', () => {
  test.use({ expectedErrors: [/status of 409/] })

  test('that ask at once start one run; the other keeps its text, says why, and can ask afterwards', async ({
    page,
    context,
    stub,
  }) => {
    const chat = createChatPage(page)
    await chat.open()
    await chat.askAndWait('Begin')
    await page.waitForURL(/\/chat\//)
    const other = await context.newPage()
    const otherChat = createChatPage(other)
    await otherChat.open(page.url())
    await expect(otherChat.answers).toHaveCount(1)
    stub.control.patch({ tokenDelayMs: 60, tokenCount: 40 })
    await chat.input.fill('from the one tab')
    await otherChat.input.fill('from the other tab')
    for (const each of [page, other]) await each.locator('#chat-submit:enabled').waitFor()
    await Promise.all([chat.input.press('Enter'), otherChat.input.press('Enter')])

    const refusedNote = (one: typeof page) => one.locator('form [data-error="run_active"]')
    await expect
      .poll(async () => (await refusedNote(page).count()) + (await refusedNote(other).count()))
      .toBe(1)
    const isOtherRefused = (await refusedNote(other).count()) === 1
    const [refused, text] = isOtherRefused
      ? [otherChat, 'from the other tab']
      : [chat, 'from the one tab']
    const refusedPage = isOtherRefused ? other : page
    await expect(refusedNote(refusedPage)).toContainText('already being written')
    await expect(refused.input).toHaveValue(text)
    await expect(refused.questions).toHaveCount(2)
    expect(bodiesOf(stub, text)).toEqual([])
    await expect(refused.lastAnswer).toHaveAttribute('data-status', 'complete', { timeout: 15_000 })
    await refused.input.press('Enter')
    await expect(refused.questions).toHaveCount(3)
    await expect(refused.lastAnswer).toHaveAttribute('data-status', 'complete', { timeout: 15_000 })
    expect(bodiesOf(stub, text)).toHaveLength(1)
    await other.close()
  })
})

test.describe('a slow or lost network', () => {
  test.use({ expectedErrors: [/ERR_INTERNET_DISCONNECTED|status of 404/] })

  test('Stop before the server has the question stops it as soon as it has', async ({
    page,
    stub,
  }) => {
    const chat = createChatPage(page)
    await chat.open()
    await chat.askAndWait('Warm')
    stub.control.patch({ tokenDelayMs: 50, tokenCount: 200 })
    const held = Promise.withResolvers<void>()
    await page.route('**/api/chat', async (route) => {
      await held.promise
      await route.continue()
    })
    await chat.ask('Too slow')
    const refused = page.waitForResponse(/\/stop$/)
    await chat.stop.click()
    expect((await refused).status()).toBe(404)
    await expect(chat.lastAnswer).toContainText('Stopping')
    held.resolve()
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'stopped')
    await stub.control.waitForStatus({ is: { running: 0, inFlight: 0 } })
    expect(bodiesOf(stub, 'Too slow').length).toBeLessThanOrEqual(1)
    await page.reload()
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'stopped')
  })

  test('says that it is offline, keeps the question, and asks it once when it is back', async ({
    page,
    context,
    stub,
  }) => {
    const chat = createChatPage(page)
    await chat.open()
    await chat.askAndWait('Still here')
    await chat.input.fill('On its way')
    await page.locator('#chat-submit:enabled').waitFor()
    await page.route('**/api/**', (route) => route.abort('internetdisconnected'))
    await chat.input.press('Enter')
    await expect(page.locator('[data-error="app_unreachable"]')).toBeVisible()
    await context.setOffline(true)
    await expect(chat.gate).toContainText('Offline')
    await expect(chat.gate).toContainText('This browser has no network')
    await expect(chat.questions).toHaveText(['Still here', 'On its way'])
    await expect(chat.submit).toBeDisabled()
    await page.unroute('**/api/**')
    await context.setOffline(false)
    await expect(chat.gate).toBeHidden()
    await expect(chat.answers).toHaveCount(2)
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
    expect(bodiesOf(stub, 'On its way')).toHaveLength(1)
  })

  test('sends what was armed while offline once the network is back', async ({
    page,
    context,
    stub,
  }) => {
    const chat = createChatPage(page)
    await chat.open()
    await expect(chat.gate).toBeHidden()
    await context.setOffline(true)
    await expect(chat.gate).toContainText('Offline')
    await chat.input.fill('Written offline')
    await page.getByRole('button', { name: 'Send when ready' }).click()
    await context.setOffline(false)
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
    expect(bodiesOf(stub, 'Written offline')).toHaveLength(1)
  })
})

test('names the tab after the first question, and a new chat after the app', async ({ page }) => {
  const chat = createChatPage(page)
  await chat.open()
  await expect(page).toHaveTitle('First Token')
  await chat.askAndWait('What is in a name?')
  await expect(page).toHaveTitle('What is in a name? · First Token')
  await page.reload()
  await expect(page).toHaveTitle('What is in a name? · First Token')
  await page.locator('#new-chat-button').click()
  await expect(chat.questions).toHaveCount(0)
  await expect(page).toHaveTitle('First Token')
})

test("does not count the last answer's own request as one that stands ahead", async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  stub.control.patch({ includeMetrics: false, tokenDelayMs: 40, tokenCount: 60 })
  await chat.open()
  await chat.askAndWait('one')
  await chat.askAndWait('two')
  await chat.askAndWait('three')
  await expect(chat.figure('ttft')).toBeVisible()
  await expect(page.locator('[data-figure="behind"]')).toHaveCount(0)
})
