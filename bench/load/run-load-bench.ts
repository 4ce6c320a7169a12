import { type BenchOptions, isWanted } from '../parse-arguments.ts'
import type { Report, Row } from '../report.ts'
import { runRounds } from '../run-rounds.ts'
import { openSetting, type Setting } from '../setting.ts'
import { toNoise, toSpread } from '../spread.ts'
import type { Target } from '../stream-client.ts'
import { addChecks } from './check-streams.ts'
import { type Load, measureLoad } from './measure-load.ts'
import { measurePolling, type Polling } from './measure-polling.ts'
import { measureStalled, type Stalled } from './measure-stalled.ts'

const STREAMS = 200
const OPENING_MS = 2000
const PACE = { tokenCount: 120, tokenDelayMs: 33 }
const STALLED = 50
const READERS = 20
const TABS = 500
const TAB_INTERVAL_MS = 2000
/** The sides take longer, and only their claims are budgets. */
const ROUNDS_A_SIDE = 3

/** 200 streams × 30 tokens/s, stalled readers, polling tabs. */
export async function runLoadBench(options: BenchOptions): Promise<Report> {
  const setting = await openSetting({
    scenario: { ttftMs: 20, stampTokens: true, ...PACE },
    env: options.env,
  })
  try {
    const streams = isWanted(options, 'streams') ? await benchStreams(setting, options) : NOTHING
    const sides = isWanted(options, 'sides') ? await benchSides(setting, options) : NOTHING
    return {
      title: 'Load',
      rows: [...streams.rows, ...sides.rows],
      claims: [...streams.claims, ...sides.claims],
      notes: [
        `${STREAMS} streams of ${PACE.tokenCount} tokens at ${Math.round(1000 / PACE.tokenDelayMs)} tokens/s, opened within ${OPENING_MS / 1000} s; engine, app and client share the cores.`,
        'A delay is from the writing of a token in the engine to its arrival in the client, by one monotonic clock; added is that of the app less that of the engine directly, in the same round.',
      ],
    }
  } finally {
    await setting.dispose()
  }
}

type Outcome = Pick<Report, 'rows' | 'claims'>

const NOTHING: Outcome = { rows: [], claims: [] }

async function benchStreams(
  setting: Setting,
  { rounds: count, log }: BenchOptions,
): Promise<Outcome> {
  const { targets } = setting
  const measure = (target: Target) => async () => {
    await setting.stub.reset()
    return await measureLoad({ setting, target, streams: STREAMS, openingMs: OPENING_MS })
  }
  await measure(targets.app)()
  const rounds = await runRounds({
    rounds: count,
    runs: {
      direct: measure(targets.direct),
      app: measure(targets.app),
      again: measure(targets.app),
    },
    onRound: ({ direct, app }) =>
      log(
        `delay p50/p99 ${direct.p50Ms.toFixed(1)}/${direct.p99Ms.toFixed(1)} ms direct, ${app.p50Ms.toFixed(1)}/${app.p99Ms.toFixed(1)} ms app; ${app.cpuMicrosecondsPerToken.toFixed(0)} µs a token`,
      ),
  })
  const rows: Row[] = [
    {
      what: `p99 of added delay, ${STREAMS} streams`,
      unit: 'ms',
      budget: 50,
      measured: toSpread(rounds.map(({ direct, app }) => app.p99Ms - direct.p99Ms)),
      noise: toNoise(rounds.map(({ app, again }) => again.p99Ms - app.p99Ms)),
    },
    {
      what: 'p50 of added delay',
      unit: 'ms',
      measured: toSpread(rounds.map(({ direct, app }) => app.p50Ms - direct.p50Ms)),
      noise: toNoise(rounds.map(({ app, again }) => again.p50Ms - app.p50Ms)),
    },
    figure(
      'delay of the engine directly, p99',
      'ms',
      rounds.map(({ direct }) => direct.p99Ms),
    ),
    figure(
      'tokens/s that arrived directly',
      '',
      rounds.map(({ direct }) => direct.tokensPerSecond),
    ),
    figure(
      'tokens/s that arrived through the app',
      '',
      rounds.map(({ app }) => app.tokensPerSecond),
    ),
    {
      ...figure(
        'RSS of the server',
        'MB',
        rounds.flatMap(({ app, again }) => [app.rssBytes / 1e6, again.rssBytes / 1e6]),
      ),
      budget: 500,
    },
  ]
  return { rows, claims: [toClaim(rounds.flatMap(({ app, again }) => [app, again]))] }
}

function toClaim(loads: readonly Load[]) {
  const { streams, cut, wrong } = addChecks(loads.map(({ check }) => check))
  const wrongInStore = loads.reduce((sum, load) => sum + load.wrongInStore, 0)
  return {
    what: 'nothing lost, nothing wrong',
    holds: cut === 0 && wrong === 0 && wrongInStore === 0,
    note: `${streams} streams: ${cut} cut, ${wrong} with another text than the engine sent; ${wrongInStore} wrong in the store`,
  }
}

/** Side by side with the same few streams: alone, beside tabs that poll, beside readers that stall. */
async function benchSides(
  setting: Setting,
  { rounds: count, log }: BenchOptions,
): Promise<Outcome> {
  const measureAlone = async () => {
    await setting.stub.reset()
    return await measureLoad({
      ...{ setting, target: setting.targets.app, streams: READERS, openingMs: 500 },
    })
  }
  const sides: Sides[] = []
  for (let index = 0; index < Math.ceil(count / ROUNDS_A_SIDE); index += 1) {
    const alone = await measureAlone()
    const polling = await measurePolling({
      ...{ setting, tabs: TABS, intervalMs: TAB_INTERVAL_MS, readers: READERS },
    })
    const again = await measureAlone()
    const stalled = await measureStalled({
      ...{ setting, stalled: STALLED, readers: READERS, pace: PACE },
    })
    sides.push({ alone, again, polling, stalled })
    log(
      `p99 ${alone.p99Ms.toFixed(1)} ms alone, ${polling.readers.p99Ms.toFixed(1)} polling, ${stalled.readers.p99Ms.toFixed(1)} stalled`,
    )
  }
  return { rows: toSideRows(sides), claims: toSideClaims(sides) }
}

type Sides = { alone: Load; again: Load; polling: Polling; stalled: Stalled }

function toSideRows(sides: readonly Sides[]): Row[] {
  const noise = toNoise(sides.map(({ alone, again }) => again.p99Ms - alone.p99Ms))
  const added = (what: string, toReaders: (side: Sides) => Load): Row => ({
    ...figure(
      what,
      'ms',
      sides.map((side) => toReaders(side).p99Ms - side.alone.p99Ms),
    ),
    noise,
  })
  return [
    figure(
      `delay of ${READERS} streams alone, p99`,
      'ms',
      sides.map(({ alone }) => alone.p99Ms),
    ),
    added(`added by ${STALLED} stalled readers`, ({ stalled }) => stalled.readers),
    added(`added by ${TABS} polling tabs`, ({ polling }) => polling.readers),
    figure(
      'RSS that the stalled readers added',
      'MB',
      sides.map(({ stalled }) => (stalled.rssBytesAfter - stalled.rssBytesBefore) / 1e6),
    ),
    figure(
      'a poll of the readiness, p50',
      'ms',
      sides.map(({ polling }) => polling.p50Ms),
    ),
    figure(
      'a poll of the readiness, p99',
      'ms',
      sides.map(({ polling }) => polling.p99Ms),
    ),
    figure(
      'probes of the engine meanwhile',
      '/s',
      sides.map(({ polling }) => polling.probesPerSecond),
    ),
  ]
}

function toSideClaims(sides: readonly Sides[]): Outcome['claims'] {
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)
  const stalled = sides.length * STALLED
  const finished = sum(sides.map((side) => side.stalled.finished))
  const whole = sum(sides.map((side) => side.stalled.whole))
  const polls = sum(sides.map(({ polling }) => polling.polls))
  const failed = sum(sides.map(({ polling }) => polling.failed))
  const readers = sides.flatMap((side) => [side.polling.readers, side.stalled.readers])
  return [
    { ...toClaim(readers), what: 'nothing lost, nothing wrong beside them' },
    {
      what: 'a reader that stalls holds no run up and loses nothing',
      holds: finished === stalled && whole === stalled,
      note: `${finished} of ${stalled} runs finished unread, ${whole} readers got the whole text later`,
    },
    {
      what: 'polling tabs are all answered',
      holds: failed === 0,
      note: `${polls} polls, ${failed} failed`,
    },
  ]
}

function figure(what: string, unit: string, values: number[]): Row {
  return { what, unit, measured: toSpread(values) }
}
