import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'
import { createDebugPage } from './pages/debug-page.ts'
import { expectAccessible } from './pages/expect-look.ts'
import { readTimingRows } from './pages/read-timing-rows.ts'
import type { RecordedRequest } from './stub/recorder.ts'
import type { ScenarioPatch } from './stub/scenario.ts'

/** What two readings of one instant may lie apart within one process, and between two on a busy machine. */
const SLACK_MS = { own: 5, between: 50 } as const

function expectNear(
  actual: number | undefined,
  expected: number,
  slack: keyof typeof SLACK_MS = 'between',
) {
  expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(
    expected * 0.05 + SLACK_MS[slack],
  )
}

/** The engine's own clock is the other witness: a slow engine is slow for both. */
function expectAsTheEngineSays(parts: Record<string, number>, seen: RecordedRequest | undefined) {
  const { receivedAtMs = 0, scheduledAtMs = 0, firstByteAtMs = 0, endedAtMs = 0 } = seen ?? {}
  const { queue, prefill, other = 0, decode } = parts
  expect(scheduledAtMs - receivedAtMs).toBeGreaterThanOrEqual(399)
  expect(firstByteAtMs - scheduledAtMs).toBeGreaterThanOrEqual(249)
  if (queue !== undefined) {
    expectNear(queue, scheduledAtMs - receivedAtMs, 'own')
    expectNear(prefill, firstByteAtMs - scheduledAtMs, 'own')
  }
  expectNear((queue ?? 0) + (prefill ?? 0) + other, firstByteAtMs - receivedAtMs)
  expectNear(decode, endedAtMs - firstByteAtMs)
}

test.describe('the details of an answer', () => {
  const ALL = ['decode', 'ending', 'other', 'overhead', 'page', 'prefill', 'queue', 'whole']
  const UNTOLD = ALL.filter((name) => name !== 'queue' && name !== 'prefill')
  const OLD_VLLM: ScenarioPatch = {
    includeMetrics: false,
    includeCachedTokens: false,
    metricNames: 'old',
    reasoningText: 'So it is asked where the time went.',
    reasoningField: 'reasoning_content',
  }
  for (const { name, patch, expected } of [
    { name: 'where all is reported', patch: {}, expected: ALL },
    // The engine's own times come with its last event, the one that usage is in.
    { name: 'with usage off', patch: { includeUsage: false }, expected: UNTOLD },
    { name: 'with metrics off', patch: { includeMetrics: false }, expected: UNTOLD },
    { name: 'by the names of an old vLLM', patch: OLD_VLLM, expected: UNTOLD },
  ]) {
    test(`show each part of the time to 5 %, and their sum, ${name}`, async ({ page, stub }) => {
      const [chat, debug] = [createChatPage(page), createDebugPage(page)]
      stub.control.patch({ queueMs: 400, ttftMs: 250, tokenDelayMs: 20, tokenCount: 31, ...patch })
      // Two processes read two clocks: where the machine held one of them up, another answer is looked at.
      await expect(async () => {
        await chat.open()
        await chat.askAndWait('where did the time go?')
        await debug.openLastAnswer()
        await expect
          .poll(async () => Object.keys(await debug.readSegments()).sort(), { timeout: 10_000 })
          .toEqual(expected)
        const seen = stub.control.requests({ path: '/v1/chat/completions' }).at(-1)
        expectAsTheEngineSays(await debug.readSegments(), seen)
      }).toPass({ timeout: 45_000 })

      const parts = await debug.readSegments()
      const { queue = 0, prefill = 0, other = 0, decode, ending, page: pageMs, overhead } = parts
      const [row] = await readTimingRows(page.request)
      if (row?.paint === undefined) throw new Error('the page has not sent its paint')
      const { ttftMs, overheadMs, e2elMs } = row.timing
      expect(pageMs).toBeCloseTo(row.paint.browserTtftMs - ttftMs, 3)
      expect(overhead).toBeCloseTo(overheadMs, 3)
      expect(other).toBeCloseTo(ttftMs - overheadMs - queue - prefill, 3)
      expect((decode ?? 0) + (ending ?? 0)).toBeCloseTo(e2elMs - ttftMs, 3)
      const { whole, ...rest } = parts
      expect(Object.values(rest).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(whole ?? 0, 3)
      if (expected === UNTOLD) {
        await expect(debug.drawer.locator('[data-segment="queue"]')).toContainText(
          '--enable-per-request-metrics',
        )
      }
    })
  }

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
    expect(report).toMatch(/\| First Token \| \d+\.\d+\.\d+/)
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
