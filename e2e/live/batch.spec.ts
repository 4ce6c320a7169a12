import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBatchPage } from '../pages/batch-page.ts'
import { expect, test } from './live-fixtures.ts'

const SCREENS = fileURLToPath(new URL('../../docs/screens', import.meta.url))
const QUESTIONS = [
  'What is a prefix cache?',
  'Name three rivers of Europe.',
  'Why is the sky blue?',
  'What does a compiler do?',
  'How does a bicycle stay upright?',
  'What is the capital of Peru?',
  'Explain what a queue is.',
  'Why do leaves turn red in autumn?',
  'What is a page fault?',
  'Give two uses of copper.',
]

test('ten questions one by one against ten at once: less waiting, and the curve with its knee', async ({
  page,
}) => {
  test.setTimeout(600_000)
  await page.setViewportSize({ width: 1440, height: 1000 })
  const batch = createBatchPage(page)
  await batch.open()
  await batch.paste(QUESTIONS.join('\n'))
  await batch.atOnce.fill(String(QUESTIONS.length))
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await expect(batch.compared).toContainText('The knee', { timeout: 500_000 })
  const [head, ...levels] = await batch.levels.getByRole('row').allInnerTexts()
  test.info().annotations.push({ type: 'levels', description: [head, ...levels].join('\n') })
  expect(levels).toHaveLength(5)
  await expect(batch.compared.locator('[data-change="wall"]')).toContainText(/-\d+%/)
  await batch.compared.scrollIntoViewIfNeeded()
  await page.screenshot({ path: join(SCREENS, 'batch-compare.png') })
})
