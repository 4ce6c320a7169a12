import AxeBuilder from '@axe-core/playwright'
import type { APIRequestContext, Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'
import { createDebugPage } from './pages/debug-page.ts'

/** A busy machine adds this much to any part. */
const SLACK_MS = 50

type Timing = { ttftMs: number; overheadMs: number; decodeMs: number; e2elMs: number }

type Row = {
  messageId: string
  question: string
  status: string
  model: string
  timing: Timing & Record<string, number>
  paint?: { browserTtftMs: number }
}

async function readRows(request: APIRequestContext, query = ''): Promise<Row[]> {
  const response = await request.get(`/api/timings?limit=1000${query}`)
  return (await response.json()).rows
}

function expectNear(actual: number | undefined, expected: number) {
  expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(
    expected * 0.05 + SLACK_MS,
  )
}

async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])
}

/** By the nearest ranks on both sides, as numpy's default does it. */
function percentileOf(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const rank = (p / 100) * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(rank)] ?? 0, sorted[Math.ceil(rank)] ?? 0]
  return low + (high - low) * (rank - Math.floor(rank))
}

test.describe('the details of an answer', () => {
  test('show each part of the time, and the parts sum to the whole', async ({ page, stub }) => {
    const [chat, debug] = [createChatPage(page), createDebugPage(page)]
    stub.control.patch({ queueMs: 400, ttftMs: 250, tokenDelayMs: 20, tokenCount: 31 })
    await chat.open()
    await chat.askAndWait('where did the time go?')
    await debug.openLastAnswer()
    const parts = await debug.readSegments()
    expectNear(parts.queue, 400)
    expectNear(parts.prefill, 250)
    const [row] = await readRows(page.request)
    if (row?.paint === undefined) throw new Error('the page has not sent its paint')
    const { ttftMs, overheadMs, decodeMs, e2elMs } = row.timing
    expect(parts.decode).toBeGreaterThanOrEqual(30 * 20 * 0.95)
    expectNear(parts.decode, decodeMs)
    expect(parts.page).toBeCloseTo(row.paint.browserTtftMs - ttftMs, 3)
    expect(parts.overhead).toBeCloseTo(overheadMs, 3)
    const named = (parts.overhead ?? 0) + (parts.queue ?? 0) + (parts.prefill ?? 0)
    expect(parts.other).toBeCloseTo(ttftMs - named, 3)
    const { whole, ...rest } = parts
    expect(Object.keys(rest)).toHaveLength(7)
    expect(Object.values(rest).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(whole ?? 0, 3)
    expect(whole).toBeCloseTo(row.paint.browserTtftMs - ttftMs + e2elMs, 3)
  })

  test('leave as other what the engine does not report, and name the flag', async ({
    page,
    stub,
  }) => {
    const [chat, debug] = [createChatPage(page), createDebugPage(page)]
    stub.control.patch({ queueMs: 400, ttftMs: 250, tokenDelayMs: 20, includeMetrics: false })
    await chat.open()
    await chat.askAndWait('no metrics')
    await debug.openLastAnswer()
    const { whole = 0, ...parts } = await debug.readSegments()
    expect(Object.keys(parts).sort()).toEqual(['decode', 'ending', 'other', 'overhead', 'page'])
    expectNear(parts.other, 650)
    expect(Object.values(parts).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(whole, 3)
    await expect(debug.drawer.locator('[data-segment="queue"]')).toContainText(
      '--enable-per-request-metrics',
    )
  })

  test('say what was sent, what the prefix cache gave and why, and can be copied', async ({
    page,
    context,
    stub,
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const [chat, debug] = [createChatPage(page), createDebugPage(page)]
    await chat.open()
    await chat.askAndWait('first question of this chat')
    await chat.askAndWait('second question of this chat')
    await debug.openLastAnswer()
    await expect(debug.drawer.locator('[data-prefix]')).toHaveAttribute(
      'data-prefix',
      'as-predicted',
    )
    const record = stub.control.requests({ path: '/v1/chat/completions' }).at(-1)
    await debug.drawer.getByText(/^Messages \(/).click()
    await expect(debug.drawer).toContainText('first question of this chat')

    await debug.drawer.getByRole('button', { name: 'Copy as curl' }).click()
    const curl = await page.evaluate(() => navigator.clipboard.readText())
    expect(curl).toContain(`'${stub.url}/v1/chat/completions'`)
    const body = /--data-raw '(.*)'$/s.exec(curl)?.[1]?.replaceAll("'\\''", "'")
    expect(JSON.parse(body ?? '').messages).toEqual(JSON.parse(record?.body ?? '').messages)

    await debug.drawer.getByRole('button', { name: 'Copy as report' }).click()
    const report = await page.evaluate(() => navigator.clipboard.readText())
    expect(report).toContain('| cached tokens |')
    expect(report).not.toContain('second question')
  })

  test('open and close by keyboard, and give the focus back', async ({ page }) => {
    const [chat, debug] = [createChatPage(page), createDebugPage(page)]
    await chat.open()
    await chat.askAndWait('by keyboard')
    await chat.figure('ttft').focus()
    await page.keyboard.press('Tab')
    const button = page.getByRole('button', { name: 'Details', exact: true })
    await expect(button).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(debug.drawer).toBeVisible()
    await expect(debug.drawer.locator(':focus')).toHaveCount(1)
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await expect(debug.drawer).toHaveCount(0)
    await expect(button).toBeFocused()
  })

  test('are a full sheet on a phone', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 780 })
    const [chat, debug] = [createChatPage(page), createDebugPage(page)]
    await chat.open()
    await chat.askAndWait('on a phone')
    await debug.openLastAnswer()
    expect(await debug.drawer.boundingBox()).toEqual({ x: 0, y: 0, width: 360, height: 780 })
    await expectAccessible(page)
  })
})

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
    const all = await readRows(page.request)
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
    const good = slow.filter(({ timing }) => timing.ttftMs <= 300).length
    await expect(page.locator('[data-goodput]')).toContainText(`(${good} of ${slow.length})`)
    await page.reload()
    await expect(page.locator('[data-goodput]')).toContainText(`(${good} of ${slow.length})`)
  })

  test('is sorted by any column, and a row opens the details', async ({ page, stub }) => {
    const [chat, debug] = [createChatPage(page), createDebugPage(page)]
    await chat.open()
    for (const ttftMs of [700, 20]) {
      stub.control.patch({ ttftMs, tokenCount: 8 })
      await chat.askAndWait(`sorted, with a prefill of ${ttftMs} ms`)
    }
    await debug.open()
    const rows = (await readRows(page.request)).filter(({ timing }) => timing?.ttftMs !== undefined)
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
    const rows = await readRows(page.request, '&status=complete')
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
    const [row] = await readRows(page.request)
    const { calls } = await (
      await page.request.get(`/api/ledger?messageId=${row?.messageId}`)
    ).json()
    const kinds = calls.map(({ kind }: { kind: string }) => kind)
    expect(kinds.filter((kind: string) => kind === 'generation')).toHaveLength(1)
    await expect(page.getByRole('cell', { name: 'Generation' }).first()).toBeVisible()
    await expect(page.getByRole('cell', { name: 'watching the engine' }).first()).toBeVisible()
    await expectAccessible(page)
  })

  test('speaks Chinese', async ({ browser, app }) => {
    const context = await browser.newContext({ locale: 'zh-CN', baseURL: app.url })
    const page = await context.newPage()
    for (const view of ['messages', 'prefix', 'ledger']) {
      await page.goto(`/debug?view=${view}`)
      await expect(page.getByRole('tab', { selected: true })).toHaveText(/[\u4e00-\u9fff]/)
      await expectAccessible(page)
    }
    await context.close()
  })
})

test('the engine strip shows what runs now', async ({ page, context, stub }) => {
  const debug = createDebugPage(page)
  await debug.open()
  const other = await context.newPage()
  const chat = createChatPage(other)
  stub.control.patch({ tokenDelayMs: 100, tokenCount: 80 })
  await chat.open()
  await chat.ask('running')
  await expect(page.locator('[data-figure="runningRequests"] dd')).toHaveText('1')
  await chat.stop.click()
  await expect(page.locator('[data-figure="runningRequests"] dd')).toHaveText('0')
  await other.close()
})

test.describe('the context meter', () => {
  test('counts the draft as the engine does, and warns before the limit', async ({
    page,
    stub,
  }) => {
    const chat = createChatPage(page)
    await chat.open()
    await chat.input.fill('How many tokens is this?')
    const meter = page.locator('[data-context]')
    await expect(meter).toHaveAttribute('data-context', 'fits')
    const text = (await meter.innerText()).replaceAll(',', '')
    await chat.input.press('Enter')
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
    const [row] = await readRows(page.request)
    expect(text).toContain(`${row?.timing.promptTokens} / 8192 tokens`)
    await expect(meter).toHaveCount(0)

    const longest = stub.control.scenario().maxModelLen
    await chat.input.fill('word '.repeat(longest - 700))
    await expect(meter).toHaveAttribute('data-context', /near|too-long/)
    await chat.input.fill('word '.repeat(longest))
    await expect(meter).toHaveAttribute('data-context', 'too-long')
    await expectAccessible(page)
  })

  test('an answer that did not fit names the turns that would have to go', async ({
    page,
    stub,
  }) => {
    const chat = createChatPage(page)
    await chat.open()
    await chat.askAndWait(`a long beginning ${'word '.repeat(3000)}`)
    stub.control.patch({ maxModelLen: 2500 })
    await chat.ask('and a short question')
    await expect(page.locator('[data-error="engine_context_too_long"]')).toBeVisible()
    await expect(page.locator('[data-trim="1"]')).toContainText('a long beginning')
    await expect(page.locator('[data-error]').getByRole('link', { name: 'New chat' })).toBeVisible()
  })
})
