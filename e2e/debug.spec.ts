import type { Locator } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'
import { createDebugPage } from './pages/debug-page.ts'
import { expectAccessible, expectNoSidewaysScroll } from './pages/expect-look.ts'
import { findColor } from './pages/find-color.ts'
import { readTimingRows, type TimingRow } from './pages/read-timing-rows.ts'

/** By the nearest ranks on both sides, as numpy's default does it. */
function percentileOf(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const rank = (p / 100) * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(rank)] ?? 0, sorted[Math.ceil(rank)] ?? 0]
  return low + (high - low) * (rank - Math.floor(rank))
}

async function untilColored(plot: Locator) {
  const count = async () => (await findColor({ plot, color: 'accent' })).length
  await expect.poll(count).toBeGreaterThan(0)
}

test.describe('the table of answers', () => {
  test('is narrowed by a filter that stays in the address, and its percentiles follow', async ({
    page,
    stub,
  }) => {
    const [chat, debug] = [createChatPage(page), createDebugPage(page)]
    await chat.open()
    for (const ttftMs of [20, 150, 400, 60]) {
      stub.control.patch({ ttftMs, tokenCount: 8 })
      await chat.askAndWait(`prefill of ${ttftMs} ms`)
    }
    await debug.open()
    const all = await readTimingRows(page.request)
    await expect(debug.rows).toHaveCount(all.length)
    for (const [column, key] of [
      ['ttft', 'ttftMs'],
      ['prefill', 'prefillMs'],
      ['e2el', 'e2elMs'],
    ] as const) {
      const values = all.flatMap(({ timing }) => timing?.[key] ?? [])
      for (const p of [50, 90, 99]) {
        expect(await debug.readPercentile({ p, column })).toBeCloseTo(percentileOf(values, p), 6)
      }
    }

    await page.getByLabel('TTFT above, ms').fill('120')
    const slow = all.filter(({ timing }) => timing?.ttftMs > 120)
    expect(slow.length).toBeGreaterThanOrEqual(2)
    await expect(debug.rows).toHaveCount(slow.length)
    expect(await debug.readPercentile({ p: 50, column: 'ttft' })).toBeCloseTo(
      percentileOf(
        slow.map(({ timing }) => timing.ttftMs),
        50,
      ),
      6,
    )
    await expect(page).toHaveURL(/slowerThanMs=120/)
    await page.reload()
    await expect(debug.rows).toHaveCount(slow.length)
    await expect(page.getByLabel('TTFT above, ms')).toHaveValue('120')

    await page.getByLabel('Goodput target, ms').fill('ttft:300')
    const isGood = ({ status, timing }: TimingRow) => status === 'complete' && timing.ttftMs <= 300
    const good = slow.filter(isGood).length
    const judged = slow.filter(
      ({ status }) => status !== 'stopped' && status !== 'streaming',
    ).length
    await expect(page.locator('[data-goodput]')).toContainText(`(${good} of ${judged})`)
    await page.reload()
    await expect(page.locator('[data-goodput]')).toContainText(`(${good} of ${judged})`)
  })

  test('is sorted by any column, and a row opens the details', async ({ page, stub }) => {
    const [chat, debug] = [createChatPage(page), createDebugPage(page)]
    await chat.open()
    for (const ttftMs of [700, 20]) {
      stub.control.patch({ ttftMs, tokenCount: 8 })
      await chat.askAndWait(`sorted, with a prefill of ${ttftMs} ms`)
    }
    await debug.open()
    const rows = (await readTimingRows(page.request)).filter(
      ({ timing }) => timing?.ttftMs !== undefined,
    )
    const byTtft = rows.sort((a, b) => b.timing.ttftMs - a.timing.ttftMs)
    const ids = byTtft.map(({ messageId }) => messageId)
    // Answers that ended before a first token stand behind the others, whichever way it is sorted.
    const readIds = async () => {
      const all = await debug.rows.evaluateAll((elements) =>
        elements.map((row) => row.getAttribute('data-message-id')),
      )
      return all.filter((id) => id !== null && ids.includes(id))
    }
    const press = page.getByRole('button', { name: 'TTFT', exact: true })
    await press.click()
    await expect.poll(readIds).toEqual(ids)
    await expect(page).toHaveURL(/sort=-ttft/)
    await press.click()
    await expect.poll(readIds).toEqual(ids.toReversed())
    await expect(page).toHaveURL(/sort=ttft/)

    const slowest = page.locator(`[data-message-id="${ids[0]}"]`)
    await slowest.locator('td').nth(5).click()
    await expect(debug.drawer).toContainText(byTtft[0]?.question ?? '')
    await expect(page).toHaveURL(new RegExp(`message=${ids[0]}`))
    await page.keyboard.press('Escape')
    await expect(debug.drawer).toHaveCount(0)
  })

  test('gives away what is on show: the exports read back are the rows', async ({ page }) => {
    const chat = createChatPage(page)
    await chat.open()
    await chat.askAndWait('export "me", please')
    await createDebugPage(page).open()
    await page.getByLabel('Status').selectOption('complete')
    const rows = await readTimingRows(page.request, '&status=complete')
    const read = async (name: string) => {
      const link = page.getByRole('link', { name, exact: true })
      await expect(link).toHaveAttribute('href', /status=complete/)
      const response = await page.request.get((await link.getAttribute('href')) ?? '')
      expect(response.status()).toBe(200)
      return await response.text()
    }
    const lines = (await read('JSONL')).trim().split('\n')
    expect(lines).toHaveLength(rows.length)
    expect(lines.map((line) => JSON.parse(line).ttft_ms ?? JSON.parse(line).ttftMs)).toEqual(
      rows.map(({ timing }) => timing.ttftMs),
    )
    const [header = '', ...records] = (await read('CSV')).trim().split(/\r?\n/)
    expect(header.split(',').length).toBeGreaterThan(10)
    expect(records).toHaveLength(rows.length)
    expect(records.join('\n')).toContain('"export ""me"", please"')
    const summary = JSON.parse(await read('Summary'))
    expect(summary.completed).toBe(rows.length)
    expect(summary.median_ttft_ms).toBeCloseTo(
      percentileOf(
        rows.map(({ timing }) => timing.ttftMs),
        50,
      ),
      6,
    )
  })

  test('follows a chat that runs in another tab', async ({ page, context, stub }) => {
    const debug = createDebugPage(page)
    await debug.open()
    const other = await context.newPage()
    const chat = createChatPage(other)
    stub.control.patch({ ttftMs: 30, tokenDelayMs: 60, tokenCount: 150 })
    await chat.open()
    await chat.ask('asked in the other tab')
    const row = debug.rows.filter({ hasText: 'asked in the other tab' })
    await expect(row).toContainText('In progress')
    await expect(row).toContainText('Complete', { timeout: 30_000 })
    await expect(row.locator('td').nth(3)).toHaveText(/^\d/)
    await other.close()
  })

  test('has beside it the prefix cache and every call to the engine, and is accessible', async ({
    page,
  }) => {
    const chat = createChatPage(page)
    await chat.open()
    await chat.askAndWait('one call a turn')
    const debug = createDebugPage(page)
    await debug.open()
    await expect(debug.rows.first()).toBeVisible()
    await expectAccessible(page)
    for (const details of await page.locator('figure details summary').all()) await details.click()
    await expectAccessible(page)

    await page.getByRole('tab', { name: 'Prefix cache' }).click()
    await expect(page.locator('main')).toContainText(/[0-9a-f]{64}/)
    await expect(page.getByText('System prompt as sent')).toBeVisible()
    await expect(page.getByRole('row').filter({ hasText: 'one call a turn' })).toBeVisible()
    await expectAccessible(page)

    await page.getByRole('tab', { name: 'Ledger' }).click()
    const [row] = await readTimingRows(page.request)
    const { calls } = await (
      await page.request.get(`/api/ledger?messageId=${row?.messageId}`)
    ).json()
    const kinds = calls.map(({ kind }: { kind: string }) => kind)
    expect(kinds.filter((kind: string) => kind === 'generation')).toHaveLength(1)
    await expect(page.getByRole('cell', { name: 'Generation' }).first()).toBeVisible()
    await expect(page.getByRole('cell', { name: 'watching the engine' }).first()).toBeVisible()
    await expectAccessible(page)
  })
})

test('the plots are drawn in the colours of either theme and of paper, and a dot opens its answer', async ({
  page,
}) => {
  const [chat, debug] = [createChatPage(page), createDebugPage(page)]
  await chat.open()
  for (const text of ['one', 'two']) await chat.askAndWait(`the prefix cache has this, ${text}`)
  await debug.open()
  const plots = page.getByRole('img', { name: /time to first token in ms/ })
  await expect(plots).toHaveCount(2)
  for (const media of [
    { colorScheme: 'light', media: 'screen' },
    { colorScheme: 'dark', media: 'screen' },
    { colorScheme: 'dark', media: 'print' },
    { colorScheme: 'light', media: 'screen' },
  ] as const) {
    await page.emulateMedia(media)
    for (const plot of await plots.all()) await untilColored(plot)
  }

  await plots.first().scrollIntoViewIfNeeded()
  const [at] = await findColor({ plot: plots.first(), color: 'accent' })
  await page.mouse.move(at?.x ?? 0, at?.y ?? 0)
  const words = page.locator('figure').first().locator('p > [aria-hidden]')
  await expect(words).toContainText(' · ')
  const [, question = ''] = (await words.innerText()).split(' · ')
  await page.mouse.down()
  await page.mouse.up()
  await expect(debug.drawer).toContainText(question)
  await untilColored(debug.drawer.locator('figure').getByRole('img'))
})

test('every tab and the details are accessible, narrow and wide, dark and light, in both languages', async ({
  browser,
  page,
  app,
}) => {
  test.slow()
  const chat = createChatPage(page)
  await chat.open()
  await chat.askAndWait('looked at from all sides')
  const [row] = await readTimingRows(page.request)
  const looks = [
    { width: 1280, colorScheme: 'light', locale: 'en-US' },
    { width: 360, colorScheme: 'dark', locale: 'zh-CN' },
  ] as const
  for (const { width, ...look } of looks) {
    const viewport = { width, height: 800 }
    const context = await browser.newContext({ ...look, viewport, baseURL: app.url })
    const shown = await context.newPage()
    for (const view of ['messages', 'prefix', 'ledger']) {
      await shown.goto(`/debug?view=${view}`)
      await expect(shown.getByRole('row').nth(1)).toBeVisible()
      const plots = shown.locator('figure')
      await expect(plots).toHaveCount(view === 'messages' ? 2 : 0)
      await expect(plots.filter({ has: shown.locator('details') })).toHaveCount(await plots.count())
      for (const summary of await plots.locator('summary').all()) await summary.click()
      await expectAccessible(shown)
      await expectNoSidewaysScroll(shown)
    }
    await shown.goto(`/debug?message=${row?.messageId}`)
    const drawer = shown.getByRole('dialog')
    await expect(drawer.locator('[data-segment="whole"]')).toBeVisible()
    for (const summary of await drawer.locator('summary').all()) await summary.click()
    await expect(drawer.locator('figure table')).toHaveCount(1)
    await expectAccessible(shown)
    await expectNoSidewaysScroll(shown)
    await context.close()
  }
})

test('the engine strip shows what runs now, by old names too', async ({ page, context, stub }) => {
  const debug = createDebugPage(page)
  stub.control.patch({ metricNames: 'old' })
  await debug.open()
  const other = await context.newPage()
  const chat = createChatPage(other)
  stub.control.patch({ tokenDelayMs: 100, tokenCount: 80 })
  await chat.open()
  await chat.ask('running')
  await expect(page.locator('[data-figure="runningRequests"] dd')).toHaveText('1')
  await chat.stop.click()
  await expect(page.locator('[data-figure="runningRequests"] dd')).toHaveText('0')
  await expect(page.locator('[data-figure="kvCacheUsage"] dd')).toHaveText(/%/)
  await other.close()
})
