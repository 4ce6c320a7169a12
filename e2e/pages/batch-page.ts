import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { openInstrument } from './open-instrument.ts'

/** The batch lab as its user sees it. */
export type BatchPage = {
  /** A line of what cannot be asked, by its place in the input. */
  badLine: (line: number) => Locator
  badLines: Locator
  atOnce: Locator
  start: Locator
  /** What the run can be told: Pause, Go on, Cancel … */
  control: (name: string) => Locator
  state: Locator
  progress: Locator
  /** A figure of the run by its name. */
  figure: (name: string) => Locator
  /** A row of the live table by its place among the rows, from 0. */
  row: (index: number) => Locator
  rows: Locator
  compared: Locator
  levels: Locator
  open: () => Promise<void>
  /** Pastes the text and has it looked through. */
  paste: (text: string) => Promise<void>
  /** Takes a file and has it looked through. */
  choose: (chosen: Parameters<Locator['setInputFiles']>[0]) => Promise<void>
  /** What the link of that name downloads. */
  download: (name: string) => Promise<string>
  /** How many rows have a result. */
  readDone: () => Promise<number>
}

export function createBatchPage(page: Page): BatchPage {
  const run = page.getByRole('region', { name: 'Run', exact: true })
  const questions = page.getByLabel('Paste questions, one a line')
  const file = page.getByLabel('Or choose a file')
  const lookThrough = page.getByRole('button', { name: 'Look through', exact: true })
  const figure = (name: string) => run.locator(`[data-figure="${name}"]`)
  return {
    badLine: (line) => page.locator(`[data-bad-line="${line}"]`),
    badLines: page.locator('[data-bad-line]'),
    atOnce: page.getByLabel('At once (1–256)'),
    start: page.getByRole('button', { name: 'Start', exact: true }),
    control: (name) => run.getByRole('button', { name, exact: true }),
    state: run.getByRole('status'),
    progress: run.getByRole('progressbar', { name: 'Rows with a result' }),
    figure,
    row: (index) => page.locator(`[data-row="${index}"]`),
    rows: page.getByRole('region', { name: 'Rows', exact: true }),
    compared: page.getByRole('region', { name: 'Compared' }),
    levels: page.getByRole('table', { name: 'Levels of concurrency' }),
    open: async () => {
      await openInstrument(page, '/batch')
    },
    paste: async (text) => {
      await questions.fill(text)
      await lookThrough.click()
    },
    choose: async (chosen) => {
      await file.setInputFiles(chosen)
      await lookThrough.click()
    },
    download: async (name) => {
      const downloading = page.waitForEvent('download')
      await run.getByRole('link', { name, exact: true }).click()
      return await readFile(await (await downloading).path(), 'utf8')
    },
    readDone: async () => {
      const text = (await figure('done').textContent()) ?? ''
      return Number(/^[\d,]+/.exec(text)?.[0].replaceAll(',', ''))
    },
  }
}
