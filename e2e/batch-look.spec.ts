import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { createBatchPage } from './pages/batch-page.ts'
import { expectAccessible, expectNoSidewaysScroll } from './pages/expect-look.ts'

const BAD_TABLE = {
  name: 'table.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from('question,more\nfirst,1\nsecond\nthird,3\nfourth,4\n'),
}
const SIZES = [1280, 360] as const

async function expectLook(page: Page) {
  for (const width of SIZES) {
    await page.setViewportSize({ width, height: 800 })
    await expectNoSidewaysScroll(page)
    await expectAccessible(page)
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })

    test('is accessible and never scrolls sideways: with bad rows, compared, running and done', async ({
      page,
      stub,
    }) => {
      stub.control.patch({ ttftMs: 5, tokenDelayMs: 5, tokenCount: 4 })
      const batch = createBatchPage(page)
      await batch.open()
      await batch.choose(BAD_TABLE)
      await expect(batch.badLines).toHaveCount(1)
      await batch.atOnce.fill('2')
      await page.getByRole('button', { name: 'Compare', exact: true }).click()
      await expect(batch.levels.getByRole('row')).toHaveCount(3)
      await expect(batch.state).toHaveText('not started')
      await expectLook(page)
      // Silent after its first token: in flight for as long as it is looked at.
      stub.control.patch({ stallAfterTokens: 1 })
      await page.getByLabel('Go on without them').check()
      await batch.start.click()
      await expect(batch.rows.getByText('in flight')).toHaveCount(2)
      await page.getByText('As a table').click()
      await expectLook(page)
      stub.control.patch({ stallAfterTokens: null })
      await stub.control.act({ action: 'resume-stalled' })
      await expect(batch.state).toHaveText('done')
      await page.getByRole('button', { name: 'Sum up' }).click()
      await expect(page.getByRole('row').filter({ hasText: 'completed' })).toBeVisible()
      await expectLook(page)
    })
  })
}

test.describe('in Chinese', () => {
  test.use({ locale: 'zh-CN' })

  test('asks a list, and says all of it', async ({ page, stub }) => {
    stub.control.patch({ ttftMs: 1, tokenDelayMs: 0, tokenCount: 4 })
    await createBatchPage(page).open()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('批处理实验室')
    await page.getByLabel('粘贴问题，每行一个').fill('"question"\n')
    await page.getByLabel('格式').selectOption({ label: 'JSON 行' })
    await page.getByLabel('粘贴问题，每行一个').fill('{"prompt":"你好？"}\n{"prompt":')
    await page.getByRole('button', { name: '检查', exact: true }).click()
    await expect(page.locator('[data-bad-line="2"]')).toHaveText('第 2 行 不是 JSON。')
    await page.getByLabel('跳过这些行继续').check()
    await page.getByRole('button', { name: '开始', exact: true }).click()
    await expect(page.getByRole('status').filter({ hasText: '已完成' })).toBeVisible()
    await expect(page.locator('[data-row="0"]')).toContainText('已回答')
    await expectLook(page)
  })
})
