import { percentile } from '../../lib/timing/percentile.ts'
import type { Setting } from '../setting.ts'
import { askPage } from './ask-page.ts'
import type { PageKind } from './open-browser.ts'
import { readPageClock, readStubClock } from './page-clock.ts'

export type LongAnswer = {
  /** From the end of the engine's answer to the paint of its last words. */
  lastPaintMs: number
  longTasksMs: number
  frameP95Ms: number
  frameMaxMs: number
  /** From its first text to its last, as painted. */
  streamedMs: number
  clockErrorMs: number
}

/** One long answer in a page of this kind. */
export async function measureLongAnswer(options: {
  setting: Setting
  kind: PageKind
  path?: string
}): Promise<LongAnswer> {
  const { setting, kind } = options
  const page = await kind.open(options.path)
  try {
    const clock = await readPageClock(page)
    const stubOffsetMs = await readStubClock({
      url: setting.stub.url,
      receivedAtMs: async () =>
        (await setting.stub.requests('/version')).at(-1)?.receivedAtMs ?? Number.NaN,
    })
    const probe = await askPage({ page, kind, question: 'Explain it at length.' })
    const sent = (await setting.stub.requests()).at(-1)?.endedAtMs ?? Number.NaN
    return {
      lastPaintMs: probe.lastPaintedAtMs + clock.offsetMs - (sent + stubOffsetMs),
      longTasksMs: probe.longTasksMs.reduce((sum, ms) => sum + ms, 0),
      frameP95Ms: percentile(probe.framesMs, 0.95) ?? Number.NaN,
      frameMaxMs: percentile(probe.framesMs, 1) ?? Number.NaN,
      streamedMs: probe.lastPaintedAtMs - probe.firstPaintedAtMs,
      clockErrorMs: clock.errorMs,
    }
  } finally {
    await page.close()
  }
}
