import { type BenchOptions, isWanted } from '../parse-arguments.ts'
import type { Report, Row } from '../report.ts'
import { runRounds } from '../run-rounds.ts'
import { openSetting, type Setting } from '../setting.ts'
import { toNoise, toSpread } from '../spread.ts'
import type { Target } from '../stream-client.ts'
import { type Cpu, measureCpu } from './measure-cpu.ts'
import { measureStarts } from './measure-starts.ts'
import { measureTtft, type Ttft } from './measure-ttft.ts'

const QUESTIONS = 15
/** A reply is traced a quarter of a second after its end. */
const PAUSE_MS = 350
const STREAMS = 100
const TOKENS = 120
const TOKEN_DELAY_MS = 33
const STARTS = 10

/** The server's rows of the budget: TTFT, CPU a token, start. */
export async function runServerBench(options: BenchOptions): Promise<Report> {
  const setting = await openSetting({
    scenario: { ttftMs: 0, stampTokens: true },
    env: options.env,
  })
  try {
    return {
      title: 'Server',
      rows: [
        ...(isWanted(options, 'ttft') ? await benchTtft(setting, options) : []),
        ...(isWanted(options, 'cpu') ? await benchCpu(setting, options) : []),
        ...(isWanted(options, 'start') ? [await benchStarts(setting, options)] : []),
      ],
      claims: [],
      notes: [
        `TTFT: ${QUESTIONS} questions one after the other, ${PAUSE_MS} ms between them, for each of them in each round; an engine that answers at once; differences within a round.`,
        `CPU: ${STREAMS} streams at ${Math.round(1000 / TOKEN_DELAY_MS)} tokens/s each, all threads of the server's process, counted while all of them run.`,
      ],
    }
  } finally {
    await setting.dispose()
  }
}

async function benchTtft(setting: Setting, { rounds: count, log }: BenchOptions): Promise<Row[]> {
  const { client, targets } = setting
  await setting.stub.patch({ tokenCount: 8, tokenDelayMs: 1 })
  const measure = (target: Target) => () =>
    measureTtft({ client, target, questions: QUESTIONS, pauseMs: PAUSE_MS })
  for (const target of Object.values(targets)) await measure(target)()
  const rounds = await runRounds({
    rounds: count,
    runs: {
      direct: measure(targets.direct),
      passthrough: measure(targets.passthrough),
      app: measure(targets.app),
      again: measure(targets.app),
    },
    onRound: ({ direct, app }) =>
      log(`TTFT p50 ${direct.p50Ms.toFixed(2)} ms direct, ${app.p50Ms.toFixed(2)} ms app`),
  })
  const toRow = (options: {
    what: string
    of: 'passthrough' | 'app'
    key: keyof Ttft
    budget?: number
  }): Row => ({
    what: options.what,
    unit: 'ms',
    ...(options.budget === undefined ? {} : { budget: options.budget }),
    measured: toSpread(
      rounds.map((round) => round[options.of][options.key] - round.direct[options.key]),
    ),
    noise: toNoise(rounds.map(({ app, again }) => again[options.key] - app[options.key])),
  })
  return [
    toRow({ what: 'added to TTFT by the server, p50', of: 'app', key: 'p50Ms', budget: 5 }),
    toRow({ what: 'added to TTFT by the server, p95', of: 'app', key: 'p95Ms', budget: 15 }),
    toRow({ what: 'added by the raw passthrough, p50', of: 'passthrough', key: 'p50Ms' }),
    toRow({ what: 'added by the raw passthrough, p95', of: 'passthrough', key: 'p95Ms' }),
    {
      what: 'TTFT of the engine asked directly, p50',
      unit: 'ms',
      measured: toSpread(rounds.map(({ direct }) => direct.p50Ms)),
    },
  ]
}

async function benchCpu(setting: Setting, { rounds: count, log }: BenchOptions): Promise<Row[]> {
  const { targets } = setting
  await setting.stub.patch({ tokenCount: TOKENS, tokenDelayMs: TOKEN_DELAY_MS })
  const measure = (target: Target) => () =>
    measureCpu({ setting, target, streams: STREAMS, tokens: TOKENS })
  for (const target of [targets.passthrough, targets.app]) await measure(target)()
  const rounds = await runRounds({
    rounds: count,
    runs: {
      passthrough: measure(targets.passthrough),
      app: measure(targets.app),
      again: measure(targets.app),
    },
    onRound: ({ passthrough, app }) =>
      log(
        `CPU a token: ${passthrough.microsecondsPerToken.toFixed(0)} µs passthrough, ${app.microsecondsPerToken.toFixed(0)} µs app`,
      ),
  })
  const toRow = (what: string, key: keyof Cpu, budget?: number): Row => ({
    what,
    unit: '×',
    ...(budget === undefined ? {} : { budget }),
    measured: toSpread(rounds.map(({ passthrough, app }) => app[key] / passthrough[key])),
    noise: toNoise(rounds.map(({ app, again }) => again[key] / app[key] - 1)),
  })
  const toFigure = (what: string, values: number[]): Row => ({
    what,
    unit: 'µs',
    measured: toSpread(values),
  })
  return [
    toRow(`CPU a token at ${STREAMS} streams, against the passthrough`, 'microsecondsPerToken', 2),
    toRow('the same with starting and ending the streams', 'wholePerToken'),
    toFigure(
      'CPU a token of the passthrough',
      rounds.map(({ passthrough }) => passthrough.microsecondsPerToken),
    ),
    toFigure(
      'CPU a token of the app',
      rounds.map(({ app }) => app.microsecondsPerToken),
    ),
  ]
}

async function benchStarts(setting: Setting, { isQuick }: BenchOptions): Promise<Row> {
  const values = await measureStarts({ app: setting.app, starts: isQuick ? 3 : STARTS })
  return {
    what: 'start to first page (built)',
    unit: 's',
    budget: 2,
    measured: toSpread(values.map((ms) => ms / 1000)),
  }
}
