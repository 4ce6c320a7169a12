import { gzipSync } from 'node:zlib'
import { expect, test } from './fixtures.ts'

const BUDGET_BYTES = 200 * 1024

test('the scripts of the first page stay within 200 KB gzip', async ({ page }) => {
  const sizes = new Map<string, number>()
  const pending: Promise<void>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    pending.push(
      response.body().then((body) => {
        sizes.set(new URL(response.url()).pathname, gzipSync(body, { level: 9 }).length)
      }),
    )
  })
  await page.goto('/')
  await page.locator('#chat-input').waitFor()
  // The page keeps one connection for what other tabs do: its network is never idle.
  await expect
    .poll(
      async () => {
        const before = pending.length
        await page.waitForLoadState('load')
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_000)))
        return pending.length - before
      },
      { intervals: [0] },
    )
    .toBe(0)
  await Promise.all(pending)
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
  test.info().annotations.push({ type: 'scripts of /', description: `${total} bytes gzip` })
  expect(sizes.size).toBeGreaterThan(3)
  expect(total, JSON.stringify([...sizes])).toBeLessThanOrEqual(BUDGET_BYTES)
})
