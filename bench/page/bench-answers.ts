import type { Row } from '../report.ts'
import { runRounds } from '../run-rounds.ts'
import { toSpread } from '../spread.ts'
import type { PageBench } from './bench-first-paint.ts'
import { buildAnswerText } from './build-answer-text.ts'
import { buildLongLines } from './build-long-lines.ts'
import { type LongAnswer, measureLongAnswer } from './measure-long-answer.ts'
import { measureOpening } from './measure-opening.ts'

const THREAD_ROUNDS = 5
const HUGE_ROUNDS = 2

/** 2,000 tokens at 200 tokens/s. */
export async function benchAnswers({ setting, browser, options }: PageBench): Promise<Row[]> {
  await setting.stub.patch({ text: buildAnswerText(2000) })
  const rounds = await runRounds({
    rounds: options.rounds,
    runs: {
      bare: () => measureLongAnswer({ setting, kind: browser.bare }),
      app: () => measureLongAnswer({ setting, kind: browser.app }),
    },
    onRound: ({ app }) =>
      options.log(
        `2,000 tokens: painted ${app.lastPaintMs.toFixed(1)} ms after, long tasks ${app.longTasksMs.toFixed(0)} ms`,
      ),
  })
  const app = rounds.map((round) => round.app)
  const bare = rounds.map((round) => round.bare)
  const answer = '2,000 tokens at 200/s'
  return [
    toRow({
      what: `${answer}: last one painted after it was sent`,
      of: app,
      key: 'lastPaintMs',
      budget: 50,
    }),
    toRow({ what: 'the same, the bare page', of: bare, key: 'lastPaintMs' }),
    toRow({ what: 'how far the clocks may be off', of: app, key: 'clockErrorMs' }),
    toRow({ what: `${answer}: long tasks in all`, of: app, key: 'longTasksMs', budget: 300 }),
    toRow({ what: 'the same, the bare page', of: bare, key: 'longTasksMs' }),
    toRow({ what: `${answer}: frame, p95`, of: app, key: 'frameP95Ms' }),
    toRow({ what: 'the same, the bare page', of: bare, key: 'frameP95Ms' }),
  ]
}

/** A long thread opens, and its newest answer streams. */
export async function benchThread({
  setting,
  browser,
  options,
  path,
}: PageBench & { path: string }): Promise<Row[]> {
  const openings = []
  for (let index = 0; index < options.rounds; index += 1) {
    openings.push(await measureOpening({ setting, browser, path }))
  }
  await setting.stub.patch({ text: buildAnswerText(1000) })
  const rounds = await runRounds({
    rounds: Math.min(options.rounds, THREAD_ROUNDS),
    runs: {
      bare: () => measureLongAnswer({ setting, kind: browser.bare }),
      app: () => measureLongAnswer({ setting, kind: browser.app, path }),
    },
    onRound: ({ bare, app }) =>
      options.log(`frame p95 ${bare.frameP95Ms.toFixed(1)} bare, ${app.frameP95Ms.toFixed(1)} app`),
  })
  const thread = '1,000-message thread'
  const toSeconds = (ms: number) => ms / 1000
  return [
    {
      what: `${thread}: opens, newest answer painted`,
      unit: 's',
      budget: 1,
      measured: toSpread(openings.map(({ paintedMs }) => toSeconds(paintedMs))),
    },
    {
      what: `${thread}: takes what is typed`,
      unit: 's',
      measured: toSpread(openings.map(({ aliveMs }) => toSeconds(aliveMs))),
    },
    toRow({
      what: `${thread}: frame while its last answer streams at 200/s, p95`,
      of: rounds.map((round) => round.app),
      key: 'frameP95Ms',
      budget: 25,
    }),
    toRow({
      what: 'the same, the bare page without a thread',
      of: rounds.map((round) => round.bare),
      key: 'frameP95Ms',
    }),
  ]
}

/** What no answer should be and some are: 40,000 tokens, and lines of 100 KB. */
export async function benchHuge({ setting, browser, options }: PageBench): Promise<Row[]> {
  const rows: Row[] = []
  const kinds = {
    '40,000 tokens as fast as they come': { text: buildAnswerText(40_000), tokenDelayMs: 0.5 },
    'two lines of 100 KB': { tokens: buildLongLines(), tokenDelayMs: 2 },
  }
  for (const [what, scenario] of Object.entries(kinds)) {
    await setting.stub.reset()
    await setting.stub.patch(scenario)
    const answers: LongAnswer[] = []
    for (let index = 0; index < Math.min(options.rounds, HUGE_ROUNDS); index += 1) {
      const answer = await measureLongAnswer({ setting, kind: browser.app })
      answers.push(answer)
      options.log(`${what}: frame p95 ${answer.frameP95Ms.toFixed(1)} ms`)
    }
    rows.push(
      toRow({ what: `${what}: frame, p95`, of: answers, key: 'frameP95Ms' }),
      toRow({ what: 'the same: the longest frame', of: answers, key: 'frameMaxMs' }),
      toRow({ what: 'the same: how long it streamed', of: answers, key: 'streamedMs' }),
      toRow({
        what: 'the same: last one painted after it was sent',
        of: answers,
        key: 'lastPaintMs',
      }),
    )
  }
  return rows
}

function toRow({
  what,
  of,
  key,
  budget,
}: {
  what: string
  of: readonly LongAnswer[]
  key: keyof LongAnswer
  budget?: number
}): Row {
  const measured = toSpread(of.map((answer) => answer[key]))
  return { what, unit: 'ms', measured, ...(budget === undefined ? {} : { budget }) }
}
