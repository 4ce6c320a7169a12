import type { Locator, Page } from '@playwright/test'
import { openInstrument } from './open-instrument.ts'

/** The planner as its user sees it. */
export type PlanPage = {
  verdict: Locator
  /** A figure by its name; its raw value is in `data-value`. */
  figure: (name: string) => Locator
  field: (label: string | RegExp) => Locator
  apply: Locator
  output: Locator
  tab: (name: string) => Locator
  command: Locator
  findings: Locator
  open: (query?: string) => Promise<void>
  readFigure: (name: string) => Promise<number>
}

export function createPlanPage(page: Page): PlanPage {
  const figure = (name: string) => page.locator(`[data-figure="${name}"]`)
  return {
    verdict: page.locator('[data-verdict]'),
    figure,
    field: (label) => page.getByLabel(label, { exact: typeof label === 'string' }),
    apply: page.getByRole('button', { name: 'Apply' }).first(),
    output: page.getByRole('tabpanel').locator('pre'),
    tab: (name) => page.getByRole('tab', { name, exact: true }),
    command: page.getByLabel('Command', { exact: true }),
    findings: page.locator('[data-finding]'),
    open: async (query = '') => {
      await openInstrument(page, `/plan${query}`)
    },
    readFigure: async (name) => Number(await figure(name).getAttribute('data-value')),
  }
}
