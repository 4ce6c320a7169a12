import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BenchOptions, isWanted } from '../parse-arguments.ts'
import type { Report, Row } from '../report.ts'
import { openSetting } from '../setting.ts'
import { toSpread } from '../spread.ts'
import { benchAnswers, benchHuge, benchThread } from './bench-answers.ts'
import { benchFirstPaint, ENGINE_TTFT_MS, QUESTIONS } from './bench-first-paint.ts'
import { measureScripts } from './measure-scripts.ts'
import { openBrowser } from './open-browser.ts'
import { seedThread } from './seed-thread.ts'

const THREAD_MESSAGES = 1000

/** The page's rows of the budget, in a real browser, beside a bare page on the same engine. */
export async function runPageBench(options: BenchOptions): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'first-token-bench-'))
  const databaseFile = join(folder, 'bench.sqlite')
  const threadId = await seedThread({ databaseFile, messages: THREAD_MESSAGES })
  const setting = await openSetting({
    scenario: { ttftMs: ENGINE_TTFT_MS, tokenDelayMs: 5 },
    env: { ...options.env, DATABASE_URL: databaseFile },
  })
  const browser = await openBrowser(setting)
  const part = { setting, browser, options }
  const benchScripts = async (): Promise<Row[]> => {
    const { scriptsKb, inlineKb } = await measureScripts({ setting, browser })
    return [
      { what: 'JavaScript of /, gzip', unit: 'KB', measured: toSpread([scriptsKb]), budget: 200 },
      { what: 'data in the page for it, gzip', unit: 'KB', measured: toSpread([inlineKb]) },
    ]
  }
  try {
    return {
      title: 'Page',
      rows: [
        ...(isWanted(options, 'paint') ? await benchFirstPaint(part) : []),
        ...(isWanted(options, 'answer') ? await benchAnswers(part) : []),
        ...(isWanted(options, 'thread')
          ? await benchThread({ ...part, path: `/chat/${threadId}` })
          : []),
        ...(isWanted(options, 'huge') ? await benchHuge(part) : []),
        ...(isWanted(options, 'scripts') ? await benchScripts() : []),
      ],
      claims: [],
      notes: [
        `Enter → painted: from the key's own time stamp to the frame with the first text; the median of ${QUESTIONS} questions in a fresh page, once for each page in each round.`,
        'The bare page is one textarea and one paragraph for each answer, at the engine’s own origin, in the same browser.',
        'Sent is the end of the engine’s answer; its clock and the page’s are compared by round trips.',
      ],
    }
  } finally {
    await browser.close()
    await setting.dispose()
    await rm(folder, { recursive: true, force: true })
  }
}
