import type { Locator, Page } from '@playwright/test'
import { openInstrument } from './open-instrument.ts'

/** The tips as their user sees them. */
export type TipsPage = {
  card: (name: string) => Locator
  /** The value of a fact of a card. */
  fact: (options: { card: string; name: string }) => Locator
  label: Locator
  measure: (name: string) => Locator
  progress: Locator
  cancel: Locator
  outcome: (outcome: string) => Locator
  open: () => Promise<void>
}

export function createTipsPage(page: Page): TipsPage {
  const card = (name: string) => page.locator(`[data-tip="${name}"]`)
  return {
    card,
    fact: (options) => card(options.card).locator(`[data-fact="${options.name}"] dd`),
    label: page.getByLabel('Label of the next run'),
    measure: (name) => card(name).getByRole('button', { name: /^Measure/ }),
    progress: page.getByRole('progressbar', { name: 'Progress of the measurement' }),
    cancel: page.getByRole('button', { name: 'Cancel', exact: true }),
    outcome: (outcome) => page.locator(`[data-outcome="${outcome}"]`),
    open: async () => {
      await openInstrument(page, '/tips')
    },
  }
}
