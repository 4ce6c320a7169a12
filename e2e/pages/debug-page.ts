import type { Locator, Page } from '@playwright/test'
import { openInstrument } from './open-instrument.ts'

/** The debug view and the details of an answer as their user sees them. */
export type DebugPage = {
  rows: Locator
  drawer: Locator
  open: (query?: string) => Promise<void>
  /** Opens the details of the last answer of the chat page. */
  openLastAnswer: () => Promise<void>
  /** The parts of the time on show, in ms; a part without a figure is absent. */
  readSegments: () => Promise<Record<string, number>>
  /** A percentile of a column as it is worked out by the page. */
  readPercentile: (options: { p: number; column: string }) => Promise<number>
}

export function createDebugPage(page: Page): DebugPage {
  const drawer = page.getByRole('dialog', { name: 'Details of this answer' })
  return {
    rows: page.locator('tr[data-message-id]'),
    drawer,
    open: async (query = '') => {
      await openInstrument(page, `/debug${query}`)
    },
    openLastAnswer: async () => {
      await page.locator('article button[aria-haspopup="dialog"]').last().click()
      await drawer.locator('[data-segment="whole"]').waitFor()
    },
    readSegments: async () => {
      const parts = await drawer
        .locator('tr[data-segment][data-ms]')
        .evaluateAll((rows) =>
          rows.map((row) => [
            row.getAttribute('data-segment'),
            Number(row.getAttribute('data-ms')),
          ]),
        )
      return Object.fromEntries(parts)
    },
    readPercentile: async ({ p, column }) => {
      const cell = page.locator(`[data-percentile="${p}"] [data-column="${column}"]`)
      return Number(await cell.getAttribute('data-value'))
    },
  }
}
