import type { Page } from '@playwright/test'

/** Opens a page and waits until it takes what is typed, chosen and pressed. */
export async function openInstrument(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await page.locator('main:not([inert])').waitFor()
}
