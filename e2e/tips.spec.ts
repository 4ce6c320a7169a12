import { expect, test } from './fixtures.ts'
import { expectAccessible, expectNoSidewaysScroll } from './pages/expect-look.ts'
import { createTipsPage } from './pages/tips-page.ts'

const FAST = { ttftMs: 0, tokenDelayMs: 1, tokenCount: 4 }

test('shows what the engine has of each tip, and records runs under two labels to compare', async ({
  page,
  stub,
}) => {
  test.slow()
  stub.control.patch(FAST)
  const tips = createTipsPage(page)
  await page.goto('/')
  await page.getByRole('link', { name: 'Tips', exact: true }).click()
  await expect(page.getByRole('article')).toHaveCount(7)
  await expect(tips.fact({ card: 'context', name: 'maxModelLen' })).not.toHaveText('not told')
  await expect(tips.fact({ card: 'prefix', name: 'prefixCaching' })).toHaveText('on')
  await expect(tips.card('client')).toContainText('Claimed')

  await tips.measure('client').click()
  await expect(tips.outcome('recorded')).toHaveText('“before” was recorded.', { timeout: 60_000 })
  await expect(tips.card('client').getByRole('table')).toContainText('16 questions')

  stub.control.patch({ tokenDelayMs: 12 })
  await tips.label.fill('slower')
  await tips.measure('client').click()
  await expect(tips.outcome('recorded')).toHaveText('“slower” was recorded.', { timeout: 60_000 })
  const table = tips.card('client').getByRole('table')
  await expect(table.getByRole('columnheader', { name: 'slower' })).toBeVisible()
  await expect(table.locator('[data-verdict="worse"]').first()).toHaveText('worse')
  await expect(tips.card('prefix').getByRole('table')).toHaveCount(0)
  await page.reload()
  await expect(tips.card('client').locator('[data-verdict="worse"]').first()).toBeVisible()
})

test('shows how far a run is, and keeps nothing of one that is cancelled', async ({
  page,
  stub,
}) => {
  stub.control.patch({ ...FAST, tokenDelayMs: 200 })
  const tips = createTipsPage(page)
  await tips.open()
  await tips.measure('prefix').click()
  await expect(tips.progress).toBeVisible()
  await expect(tips.measure('client')).toBeDisabled()
  await expectAccessible(page)
  await tips.cancel.click()
  await expect(tips.outcome('cancelled')).toContainText('nothing was kept')
  await stub.control.waitForStatus({ is: { inFlight: 0 } })
})

test('refuses to measure while an answer is being written', async ({ page, stub, context }) => {
  stub.control.patch({ tokenDelayMs: 100, tokenCount: 600 })
  await page.goto('/')
  const message = page.getByRole('textbox', { name: 'Message' })
  await message.fill('A long answer, please')
  await message.press('Enter')
  await stub.control.waitForRequests({ min: 1 })
  const other = await context.newPage()
  const tips = createTipsPage(other)
  await other.goto('/tips')
  await tips.measure('client').click()
  await expect(
    other.getByRole('alert').filter({ hasText: 'An answer is being written' }),
  ).toBeVisible()
  await page.getByRole('button', { name: 'Stop' }).first().click()
})

test.use({ expectedErrors: [/409 \(Conflict\)/] })

for (const scheme of ['light', 'dark'] as const) {
  test(`is whole, accessible and as wide as the window: ${scheme}`, async ({ page, stub }) => {
    stub.control.patch(FAST)
    await page.emulateMedia({ colorScheme: scheme })
    const tips = createTipsPage(page)
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 900 })
      await tips.open()
      await expect(tips.fact({ card: 'prefix', name: 'prefixCaching' })).toHaveText('on')
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
    }
  })
}

test.describe('in Chinese', () => {
  test.use({ locale: 'zh-CN' })

  test('is all there', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 900 })
    await page.goto('/tips')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('调优')
    await expect(page.getByRole('article')).toHaveCount(7)
    await expectNoSidewaysScroll(page)
    await expectAccessible(page)
  })
})
