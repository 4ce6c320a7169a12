import { chromium, type Page } from '@playwright/test'
import { findChromium } from '../find-chromium.ts'
import { toRequest } from './chat-client.ts'
import { seedReplies } from './seed-replies.ts'
import { type System, startSystem } from './start-system.ts'
import { type Summary, summarize } from './summarize.ts'

export type RowsReport = {
  rows: number
  /** Navigation → all rows are there. */
  wholeMs: number
  /** Press → the frame after the rows have changed. */
  sortMs: Summary
  filterMs: Summary
  /** From frame to frame while the table is scrolled through. */
  frameMs: Summary
  /** Tasks over 50 ms while a chat runs in the background for some polls; the longest is `max`. */
  liveTasksMs: Summary
  problems: string[]
}

const TABLE_EXTRA_ROWS = 4
const REPEATS = 6

/** Presses the header of a column again and again, so that all rows turn round each time. */
async function sort(page: Page): Promise<number[]> {
  return await page.evaluate(async (repeats) => {
    const head = [...document.querySelectorAll('thead th')].find((cell) =>
      cell.textContent?.includes('TTFT'),
    )
    const frame = () => new Promise(requestAnimationFrame)
    const took: number[] = []
    for (let count = 0; count < repeats; count += 1) {
      const before = head?.getAttribute('aria-sort')
      const pressedMs = performance.now()
      head?.querySelector('button')?.click()
      do await frame()
      while (head?.getAttribute('aria-sort') === before)
      await frame()
      took.push(performance.now() - pressedMs)
    }
    return took
  }, REPEATS)
}

async function filter(page: Page): Promise<number[]> {
  const took: number[] = []
  for (let count = 0; count < REPEATS; count += 1) {
    took.push(
      await page.evaluate(
        async (status) => {
          const frame = () => new Promise(requestAnimationFrame)
          const table = document.querySelector('table[aria-rowcount]')
          const field = [...document.querySelectorAll('select')].find((select) =>
            [...select.options].some(({ value }) => value === 'stopped'),
          )
          const before = table?.getAttribute('aria-rowcount')
          const pressedMs = performance.now()
          if (field !== undefined) field.value = status
          field?.dispatchEvent(new Event('change', { bubbles: true }))
          do await frame()
          while (table?.getAttribute('aria-rowcount') === before)
          await frame()
          return performance.now() - pressedMs
        },
        count % 2 === 0 ? 'stopped' : '',
      ),
    )
  }
  return took
}

async function scroll(page: Page): Promise<number[]> {
  return await page.evaluate(async () => {
    const box = document.querySelector('table[aria-rowcount]')?.parentElement
    const took: number[] = []
    let lastMs = await new Promise<number>(requestAnimationFrame)
    for (let count = 0; count < 120 && box; count += 1) {
      box.scrollTop += 1500
      const atMs = await new Promise<number>(requestAnimationFrame)
      took.push(atMs - lastMs)
      lastMs = atMs
    }
    box?.scrollTo({ top: 0 })
    return took
  })
}

/** What the page's thread is held up by while one answer after the other arrives elsewhere. */
async function watchLive(page: Page, { client, stub }: System): Promise<number[]> {
  stub.control.patch({ ttftMs: 200, tokenDelayMs: 20, tokenCount: 60 })
  await page.evaluate(() => {
    const tasks: number[] = []
    Object.assign(window, { liveTasks: tasks })
    const add = (list: PerformanceObserverEntryList) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration))
    new PerformanceObserver(add).observe({ type: 'longtask' })
  })
  for (let turn = 0; turn < 5; turn += 1) await client.ask(toRequest({ text: 'seen elsewhere' }))
  await page.getByRole('row').filter({ hasText: 'seen elsewhere' }).nth(4).waitFor()
  return await page.evaluate(() => (window as unknown as { liveTasks: number[] }).liveTasks)
}

/** The debug view on so many answers, in a real browser. */
export async function runRowsHarness({ rows }: { rows: number }): Promise<RowsReport> {
  const system = await startSystem()
  const { app } = system
  await app.stop()
  seedReplies({ dataDir: app.dataDir, replies: rows })
  await app.restart()
  await app.untilReady()
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox'],
  })
  try {
    const page = await browser.newPage({ locale: 'en-US', viewport: { width: 1280, height: 800 } })
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    const beganMs = performance.now()
    await page.goto(`${app.url}/debug`)
    await page.locator(`table[aria-rowcount="${rows + TABLE_EXTRA_ROWS}"]`).waitFor()
    const wholeMs = performance.now() - beganMs
    const [sortMs, filterMs] = [await sort(page), await filter(page)]
    const frameMs = await scroll(page)
    await page.getByRole('button', { name: 'Time', exact: true }).click()
    const liveTasksMs = await watchLive(page, system)
    return {
      ...{ rows, wholeMs, problems },
      sortMs: summarize(sortMs),
      filterMs: summarize(filterMs),
      frameMs: summarize(frameMs),
      liveTasksMs: summarize(liveTasksMs),
    }
  } finally {
    await browser.close()
    await system.dispose()
  }
}
