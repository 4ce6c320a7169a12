import { percentile } from '../../lib/timing/percentile.ts'
import type { BenchOptions } from '../parse-arguments.ts'
import type { Row } from '../report.ts'
import { runRounds } from '../run-rounds.ts'
import type { Setting } from '../setting.ts'
import { toNoise, toSpread } from '../spread.ts'
import { askPage } from './ask-page.ts'
import { ENDING } from './build-answer-text.ts'
import type { BenchBrowser, PageKind } from './open-browser.ts'

export type PageBench = { setting: Setting; browser: BenchBrowser; options: BenchOptions }

export const QUESTIONS = 5
export const ENGINE_TTFT_MS = 20

/** Enter → first token painted: with an engine of some speed, and with one that answers at once. */
export async function benchFirstPaint(bench: PageBench): Promise<Row[]> {
  const rows: Row[] = []
  for (const ttftMs of [ENGINE_TTFT_MS, 0]) rows.push(...(await benchWith(bench, ttftMs)))
  return rows
}

async function benchWith({ setting, browser, options }: PageBench, ttftMs: number): Promise<Row[]> {
  await setting.stub.patch({ ttftMs, text: ENDING })
  for (const kind of [browser.bare, browser.app]) await measurePaint(kind)
  const rounds = await runRounds({
    rounds: options.rounds,
    runs: {
      bare: () => measurePaint(browser.bare),
      app: () => measurePaint(browser.app),
      again: () => measurePaint(browser.app),
    },
    onRound: ({ bare, app }) =>
      options.log(`Enter → painted ${bare.toFixed(1)} ms bare, ${app.toFixed(1)} ms app`),
  })
  const engine = ttftMs === 0 ? 'an engine that answers at once' : `${ttftMs} ms in the engine`
  return [
    {
      what: `Enter → first token painted, p50, against the bare page; ${engine}`,
      unit: '×',
      budget: 2.5,
      measured: toSpread(rounds.map(({ bare, app }) => app / bare)),
      noise: toNoise(rounds.map(({ app, again }) => again / app - 1)),
    },
    {
      what: 'the same in ms: the bare page',
      unit: 'ms',
      measured: toSpread(rounds.map(({ bare }) => bare)),
    },
    {
      what: 'the same in ms: the app',
      unit: 'ms',
      measured: toSpread(rounds.map(({ app }) => app)),
    },
  ]
}

async function measurePaint(kind: PageKind): Promise<number> {
  const page = await kind.open()
  const values: number[] = []
  for (let index = 0; index < QUESTIONS; index += 1) {
    const probe = await askPage({ page, kind, question: `Question ${index}` })
    values.push(probe.firstPaintedAtMs - probe.pressedAtMs)
  }
  await page.close()
  return percentile(values, 0.5) ?? Number.NaN
}
