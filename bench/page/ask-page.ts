import type { Page } from '@playwright/test'
import { ENDING } from './build-answer-text.ts'
import type { PageKind } from './open-browser.ts'
import { armProbe, type PageProbe, readProbe } from './page-probe.ts'

/** Types a question, presses Enter, and tells how its answer was painted. */
export async function askPage(options: {
  page: Page
  kind: PageKind
  question: string
}): Promise<PageProbe> {
  const { page, kind, question } = options
  const index = await page.locator(kind.answers).count()
  const input = page.locator('#chat-input')
  await input.fill(question)
  if (kind.name === 'app') await page.locator('#chat-submit:enabled').waitFor()
  await input.focus()
  await armProbe(page, { selector: kind.answers, index, ending: ENDING })
  await page.keyboard.press('Enter')
  return await readProbe(page)
}
