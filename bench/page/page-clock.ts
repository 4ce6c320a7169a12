import type { Page } from '@playwright/test'

const LOOKS = 20

/**
 * What to add to a page's `performance.now()` to get this process's reading of the same instant,
 * in epoch ms. Right to half of the shortest round trip.
 */
export async function readPageClock(page: Page): Promise<{ offsetMs: number; errorMs: number }> {
  let best = { offsetMs: 0, errorMs: Number.POSITIVE_INFINITY }
  for (let look = 0; look < LOOKS; look += 1) {
    const beforeMs = nowEpochMs()
    const pageMs = await page.evaluate(() => performance.now())
    const afterMs = nowEpochMs()
    const errorMs = (afterMs - beforeMs) / 2
    if (errorMs < best.errorMs) best = { offsetMs: beforeMs + errorMs - pageMs, errorMs }
  }
  return best
}

/** The same for the stub's instants: by the arrival that it noted of a request of ours. */
export async function readStubClock(stub: {
  url: string
  receivedAtMs: () => Promise<number>
}): Promise<number> {
  let best = { offsetMs: 0, errorMs: Number.POSITIVE_INFINITY }
  for (let look = 0; look < LOOKS; look += 1) {
    const beforeMs = nowEpochMs()
    await (await fetch(`${stub.url}/version`)).text()
    const afterMs = nowEpochMs()
    const errorMs = (afterMs - beforeMs) / 2
    if (errorMs >= best.errorMs) continue
    best = { offsetMs: beforeMs + errorMs - (await stub.receivedAtMs()), errorMs }
  }
  return best.offsetMs
}

function nowEpochMs(): number {
  return performance.timeOrigin + performance.now()
}
