import type { Page } from '@playwright/test'
import type { StubWithLog } from './fixtures.ts'
import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'
import { expectAccessible, expectNoSidewaysScroll } from './pages/expect-look.ts'

const PLAIN_FIELDS = ['messages', 'model', 'stream', 'stream_options']

function createSettings(page: Page) {
  const button = page.locator('#sampling-button')
  const dialog = page.getByRole('dialog', { name: 'Sampling of this conversation' })
  return {
    button,
    dialog,
    field: (name: string) => dialog.getByRole('textbox', { name, exact: true }),
    apply: dialog.getByRole('button', { name: 'Apply' }),
    set: async (values: Record<string, string>) => {
      await button.click()
      for (const [name, value] of Object.entries(values)) {
        await dialog.getByRole('textbox', { name, exact: true }).fill(value)
      }
      await dialog.getByRole('button', { name: 'Apply' }).click()
      await expect(dialog).toBeHidden()
    },
  }
}

/** The last body that the engine was asked with. */
function lastBody(stub: StubWithLog): Record<string, unknown> {
  const record = stub.control.requests({ path: '/v1/chat/completions' }).at(-1)
  return JSON.parse(record?.body ?? '{}')
}

test('sends nothing that is not set, and what is set with every later run of the thread', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  const settings = createSettings(page)
  await chat.open()
  await chat.askAndWait('unset')
  expect(Object.keys(lastBody(stub)).sort()).toEqual(PLAIN_FIELDS)
  const [systemPrompt] = lastBody(stub).messages as unknown[]

  await settings.set({ Temperature: '0,2', 'Top k': '20', Seed: '7', Stop: 'END\n\\n\\n' })
  await expect(settings.button).toHaveAccessibleName('Sampling settings, 4 set')
  await chat.askAndWait('set')
  const sampling = { temperature: 0.2, top_k: 20, seed: 7, stop: ['END', '\n\n'] }
  expect(lastBody(stub)).toMatchObject(sampling)
  expect(Object.keys(lastBody(stub)).sort()).toEqual(
    [...PLAIN_FIELDS, ...Object.keys(sampling)].sort(),
  )
  expect((lastBody(stub).messages as unknown[])[0]).toEqual(systemPrompt)

  await page.reload()
  await expect(settings.button).toHaveAccessibleName('Sampling settings, 4 set')
  await chat.askAndWait('after a reload')
  expect(lastBody(stub)).toMatchObject(sampling)

  await settings.button.click()
  await expect(settings.field('Temperature')).toHaveValue('0.2')
  await settings.dialog.getByRole('button', { name: 'Reset to the model’s defaults' }).click()
  await settings.apply.click()
  await expect(settings.button).toHaveAccessibleName('Sampling settings')
  await chat.askAndWait('reset')
  expect(Object.keys(lastBody(stub)).sort()).toEqual(PLAIN_FIELDS)
})

test('is of one thread alone, also when it is set before the first question', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  const settings = createSettings(page)
  await chat.open()
  await settings.set({ 'Max tokens': '5' })
  await chat.askAndWait('short')
  expect(lastBody(stub)).toMatchObject({ max_tokens: 5 })
  await expect(chat.lastAnswer).toContainText('The answer reached its length limit.')
  await page.reload()
  await expect(settings.button).toHaveAccessibleName('Sampling settings, 1 set')

  await page.locator('#new-chat-button').click()
  await expect(settings.button).toHaveAccessibleName('Sampling settings')
  await chat.askAndWait('another thread')
  expect(lastBody(stub)).not.toHaveProperty('max_tokens')
})

test('refuses what the engine would refuse, and goes to the field', async ({ page }) => {
  const chat = createChatPage(page)
  const settings = createSettings(page)
  await chat.open()
  await settings.button.click()
  await settings.field('Temperature').fill('3')
  await settings.apply.click()
  await expect(settings.field('Temperature')).toBeFocused()
  await expect(settings.dialog).toContainText('The engine would not take this. 0 to 2.')
  await page.keyboard.press('Escape')
  await expect(settings.dialog).toBeHidden()
  await expect(settings.button).toBeFocused()
  await expect(settings.button).toHaveAccessibleName('Sampling settings')
})

test.describe('when the server cannot keep it', () => {
  test.use({ expectedErrors: [/500 \(Internal Server Error\)/] })

  test('says so and changes nothing', async ({ page }) => {
    const chat = createChatPage(page)
    const settings = createSettings(page)
    await chat.open()
    await chat.askAndWait('begin')
    await page.route('**/sampling', (route) =>
      route.fulfill({ status: 500, json: { error: { code: 'storage_failed' } } }),
    )
    await settings.button.click()
    await settings.field('Seed').fill('7')
    await settings.apply.click()
    await expect(settings.dialog.locator('[data-error="storage_failed"]')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(settings.button).toHaveAccessibleName('Sampling settings')
  })
})

test('shows in the details of an answer what it was sampled with', async ({ page }) => {
  const chat = createChatPage(page)
  const settings = createSettings(page)
  await chat.open()
  await settings.set({ Temperature: '0.2' })
  await chat.askAndWait('traced')
  const threadId = new URL(page.url()).pathname.split('/').at(-1)
  const { messages } = await (await page.request.get(`/api/threads/${threadId}`)).json()
  const readSampling = async () => {
    const response = await page.request.get(`/api/traces/${messages.at(-1).id}`)
    return (await response.json()).trace.sampling
  }
  await expect.poll(readSampling).toEqual({ temperature: 0.2 })
})

test.describe('the keys', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

  test('lead everywhere that a mouse does', async ({ page, stub }) => {
    const chat = createChatPage(page)
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    const readClipboard = () => page.evaluate(() => navigator.clipboard.readText())
    stub.control.patch({ text: 'First.\n\n```js\nconst a = 1\n```\n\nLast.' })
    await chat.open()
    await chat.askAndWait('copy me')
    await page.keyboard.press('Control+Shift+C')
    await expect(page.getByText('Answer copied')).toBeVisible()
    expect(await readClipboard()).toBe('First.\n\n```js\nconst a = 1\n```\n\nLast.')
    await page.keyboard.press('Control+Shift+;')
    await expect(page.getByText('Code copied')).toBeVisible()
    expect(await readClipboard()).toBe('const a = 1')

    await page.keyboard.press('Control+/')
    await expect(sheet).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(sheet).toBeHidden()
    await chat.input.fill('')
    await chat.input.press('?')
    await expect(chat.input).toHaveValue('?')
    await expect(sheet).toBeHidden()
    await chat.input.fill('')
    await page.locator('#new-chat-button').focus()
    await page.keyboard.press('?')
    await expect(sheet).toBeVisible()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Shift+Escape')
    await expect(chat.input).toBeFocused()
    await page.keyboard.press('Control+Shift+O')
    await expect(page).toHaveURL(/\/$/)
    await expect(chat.questions).toHaveCount(0)
    await expect(chat.input).toBeFocused()
  })

  test('close a dialog with Escape, and not the answer behind it', async ({ page, stub }) => {
    const chat = createChatPage(page)
    stub.control.patch({ tokenDelayMs: 30, tokenCount: 200 })
    await chat.open()
    await chat.ask('go on')
    await expect(chat.lastAnswer).toContainText(/\w+ \w+/)
    await page.keyboard.press('Control+/')
    await expect(page.getByRole('dialog')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'streaming')
    await page.keyboard.press('Escape')
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'stopped')
  })
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.describe(`dialogs, ${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 780 } })

      test('are found good, scroll by themselves and give the focus back', async ({ page }) => {
        const chat = createChatPage(page)
        const settings = createSettings(page)
        await chat.open()
        await expect(chat.gate).toBeHidden()
        await settings.button.click()
        await expect(settings.dialog).toBeVisible()
        await settings.field('Top p').fill('9')
        await settings.apply.click()
        await expectAccessible(page)
        await expectNoSidewaysScroll(page)
        await page.keyboard.press('Escape')

        const readme = page.locator('#readme-button')
        await readme.click()
        const about = page.getByRole('dialog', { name: 'About First Token' })
        await expect(about.getByRole('heading', { name: /^7\. / })).toBeAttached()
        await about.locator('pre').scrollIntoViewIfNeeded()
        await expect(about.locator('[data-token]').first()).toBeVisible()
        await expectAccessible(page)
        await expectNoSidewaysScroll(page)
        await page.keyboard.press('Escape')
        await expect(about).toBeHidden()
        await expect(readme).toBeFocused()

        await page.keyboard.press('Control+/')
        await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
        await expectAccessible(page)
        await expectNoSidewaysScroll(page)
      })
    })
  }
}
