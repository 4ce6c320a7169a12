import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { START_STAGES, type StartStage } from '@/lib/domain/readiness'
import { readRecordedLog } from '@/lib/engine/__fixtures__/read-log'
import { createLineSplitter } from '@/lib/engine/create-line-splitter'
import { parseLogLine } from '@/lib/engine/parse-log-line'
import {
  noteHealthy,
  reduceLogBatch,
  reduceLogLine,
  type StartState,
  toLogEvidence,
  toStartFailure,
  toStartProgress,
} from './start-progress'
import { formatStartRecord, parseStartRecord } from './start-record'

const OURS = '../../readiness/__fixtures__/'
const GPU = 'vllm-0.26.0-gpu'
const CPU_EAGER = 'vllm-0.32.0.startup.enforce-eager'

const COMPILED: StartStage[] = [
  'starting',
  'resolving',
  'weights',
  'compiling',
  'kv-cache',
  'graphs',
  'serving',
]
const EAGER = COMPILED.filter((stage) => stage !== 'compiling' && stage !== 'graphs')

type Seen = { atMs: number; state: StartState }

/** Every read at its recorded moment, cut where it was cut. */
function replay(file: string, first: StartState = {}): Seen[] {
  const splitter = createLineSplitter()
  let state = first
  return readRecordedLog(file).map(({ t, s }) => {
    const atMs = Math.round(t * 1000)
    const lines = splitter.push(Buffer.from(s))
    state = reduceLogBatch({ state, batch: { lines, isBacklog: false, ageMs: 0 }, nowMs: atMs })
    return { atMs, state }
  })
}

const stateAfter = (file: string) => replay(file).at(-1)?.state ?? {}
const textOf = (file: string) =>
  readRecordedLog(file)
    .map(({ s }) => s)
    .join('')

const readAll = (lines: string[], first: StartState = {}) =>
  lines.reduce(
    (state, line, index) => reduceLogLine({ state, line: parseLogLine(line), atMs: index * 1000 }),
    first,
  )

const BANNER =
  '(APIServer pid=1) INFO 11-23 16:00:00 [x.py:1] vLLM server version 0.32.0, serving model Qwen/Qwen3-4B'
const SEEK = 'Starting to load model Qwen/Qwen3-4B...'
const GENERAL = 'ERROR 11-23 16:00:00 [core.py:1330] EngineCore failed to start.'
const CAUSE = 'ValueError: No available memory for the cache blocks. Try increasing'
const READY = 'INFO:     Application startup complete.'

describe('a recorded start', () => {
  it.each<[string, StartStage[], number]>([
    [CPU_EAGER, EAGER, 88_895],
    [`${GPU}.startup.compile-cold`, COMPILED, 84_208],
    [`${GPU}.startup.max-model-len-auto`, COMPILED, 16_947],
    [`${OURS}${GPU}.startup.compile-cached`, COMPILED, 17_360],
    [`${OURS}${GPU}.startup.enforce-eager`, EAGER, 31_263],
    [`${OURS}${GPU}.startup.awq`, COMPILED, 59_086],
    [`${OURS}${GPU}.startup.fp8`, COMPILED, 79_640],
    [`${OURS}${GPU}.startup.max-batched-tokens-65536`, COMPILED, 56_565],
  ])('%s passes its stages in order, from banner to ready', (file, stages, totalMs) => {
    const seen = replay(file)
    const last = seen.at(-1)
    const progress = toStartProgress({ state: last?.state ?? {}, nowMs: last?.atMs ?? 0 })
    expect(progress?.stages.map(({ stage }) => stage)).toEqual(stages)
    expect(progress).toMatchObject({ stage: 'started', progress: 1, elapsedMs: totalMs })
    expect(progress?.stages.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0)).toBe(totalMs)
    expect(last?.state.record?.totalMs).toBe(totalMs)
    expect(
      seen.every(({ atMs, state }) => toStartFailure({ state, nowMs: atMs }) === undefined),
    ).toBe(true)
  })

  it.each([
    CPU_EAGER,
    `${GPU}.startup.compile-cold`,
    `${OURS}${GPU}.startup.enforce-eager`,
    `${OURS}${GPU}.startup.fp8`,
  ])('%s never moves its bar back, looked at four times a second', (file) => {
    for (const first of [{}, { record: stateAfter(file).record ?? { totalMs: 0, stages: {} } }]) {
      const seen = replay(file, first)
      let highest = 0
      for (const [index, { atMs, state }] of seen.entries()) {
        const untilMs = seen[index + 1]?.atMs ?? atMs
        for (let nowMs = atMs; nowMs <= untilMs; nowMs += 250) {
          const { progress = 0, stage } = toStartProgress({ state, nowMs }) ?? {}
          expect(progress).toBeGreaterThanOrEqual(highest)
          expect(progress).toBeLessThanOrEqual(stage === 'started' ? 1 : 0.99)
          highest = progress
        }
      }
      expect(highest).toBe(1)
    }
  })

  it('runs its bar with the clock when the start before took the same time', () => {
    const file = `${GPU}.startup.compile-cold`
    const { record } = stateAfter(file)
    const totalMs = record?.totalMs ?? 0
    const seen = replay(file, record === undefined ? {} : { record })
    const under = seen.filter(({ state }) => state.run?.readyAtMs === undefined && state.run)
    expect(under.length).toBeGreaterThan(30)
    for (const { atMs, state } of under) {
      const {
        progress = 0,
        elapsedMs = 0,
        lastStartMs,
      } = toStartProgress({ state, nowMs: atMs }) ?? {}
      expect(lastStartMs).toBe(totalMs)
      expect(Math.abs(progress - elapsedMs / totalMs)).toBeLessThan(0.02)
    }
  })

  it.each([
    CPU_EAGER,
    `${GPU}.startup.compile-cold`,
    `${OURS}${GPU}.startup.compile-cached`,
    `${OURS}${GPU}.startup.awq`,
    `${OURS}${GPU}.startup.fp8`,
    `${OURS}${GPU}.startup.enforce-eager`,
  ])('%s ends with the facts that its log printed', (file) => {
    const text = textOf(file)
    const figure = (pattern: RegExp) => Number(pattern.exec(text)?.[1]?.replaceAll(',', ''))
    expect(toStartProgress({ state: stateAfter(file), nowMs: 0 })?.facts).toMatchObject({
      kvCacheTokens: figure(/KV cache size: ([\d,]+) tokens/),
      maxConcurrency: figure(/Maximum concurrency for [\d,]+ tokens per request: ([\d.]+)x/),
      maxModelLen: figure(/Using max model len (\d+)/),
      kvCacheGib: figure(/(?:Available KV cache memory: |Explicitly set \()([\d.]+)/),
      version: /version (\d+\.\d+\.\d+)/.exec(text)?.[1],
      model: /model {3}(\S+)/.exec(text)?.[1],
    })
  })

  it('shows the percent of the graphs as printed', () => {
    const percents = new Set(
      replay(`${GPU}.startup.compile-cold`).flatMap(({ state, atMs }) => {
        const { stage, stagePercent } = toStartProgress({ state, nowMs: atMs }) ?? {}
        return stage === 'graphs' && stagePercent !== undefined ? [stagePercent] : []
      }),
    )
    expect(percents.size).toBeGreaterThan(3)
    expect(percents).toContain(100)
  })

  it('has no failure and no new start when the core is killed under way', () => {
    const state = stateAfter(CPU_EAGER)
    expect(textOf(CPU_EAGER)).toMatch(/EngineCore encountered a fatal error|EngineDeadError/)
    expect(toStartFailure({ state, nowMs: 1e9 })).toBeUndefined()
    expect(toLogEvidence({ state, nowMs: 1e9 })).toBe('exited')
  })

  it.each([
    {
      name: 'that had served',
      lines: ['INFO:     Application startup complete.'],
      evidence: 'died',
    },
    { name: 'that was still starting', lines: [], evidence: 'exited' },
  ])('the launcher saw die: one $name', ({ lines, evidence }) => {
    const start = 'INFO 11-23 17:19:35 [api_server.py:1] vLLM API server version 0.32.0'
    const end = '[first-token] vLLM ended (SIGKILL).'
    const state = readAll([start, ...lines, end])
    expect(toLogEvidence({ state, nowMs: 1e9 })).toBe(evidence)
  })
})

describe('a backlog', () => {
  it.each([CPU_EAGER, `${GPU}.startup.compile-cold`, 'vllm-0.32.0.startup.compile'])(
    '%s is dated by its own stamps, within their second',
    (file) => {
      const text =
        file === 'vllm-0.32.0.startup.compile'
          ? readFileSync(new URL(`../engine/__fixtures__/${file}.log`, import.meta.url), 'utf8')
          : textOf(file)
      const start = text.slice(0, text.indexOf('Application startup complete.') + 29)
      const lines = start.split(/\r\n|\n|\r/)
      const batch = { lines, isBacklog: true, ageMs: 7000 }
      const state = reduceLogBatch({ state: {}, batch, nowMs: 1_000_000 })
      expect(state.run?.readyAtMs).toBe(993_000)
      const stamps = lines.flatMap((line) => parseLogLine(line).loggedAtMs ?? [])
      const spanMs = (stamps.at(-1) ?? 0) - (stamps[0] ?? 0)
      expect(spanMs).toBeGreaterThan(60_000)
      expect(Math.abs((state.record?.totalMs ?? 0) - spanMs)).toBeLessThanOrEqual(1000)
    },
  )

  it('of a start under way goes on counting from its banner', () => {
    const lines = [BANNER, 'INFO 11-23 16:00:20 [x.py:1] Resolved architecture: Qwen3ForCausalLM']
    const batch = { lines, isBacklog: true, ageMs: 3000 }
    const state = reduceLogBatch({ state: {}, batch, nowMs: 500_000 })
    expect(toStartProgress({ state, nowMs: 502_000 })).toMatchObject({
      stage: 'resolving',
      elapsedMs: 25_000,
      sinceLastLineMs: 5000,
      stages: [{ stage: 'starting', elapsedMs: 20_000 }],
    })
  })

  it('that runs over the end of a year has no negative time', () => {
    const lines = [
      BANNER.replace('11-23 16:00:00', '12-31 23:59:50'),
      'INFO 01-01 00:00:10 [x.py:1] Resolved architecture: Qwen3ForCausalLM',
    ]
    const state = reduceLogBatch({
      state: {},
      batch: { lines, isBacklog: true, ageMs: 0 },
      nowMs: 100_000,
    })
    expect(toStartProgress({ state, nowMs: 100_000 })?.elapsedMs).toBe(20_000)
  })

  it('of a start that was abandoned long ago is no sign of a start, but a failure stays one', () => {
    const old = { isBacklog: true, ageMs: 3_600_000 }
    const quiet = reduceLogBatch({ state: {}, batch: { ...old, lines: [BANNER] }, nowMs: 0 })
    expect(toLogEvidence({ state: quiet, nowMs: 0 })).toBe('none')
    const failed = reduceLogBatch({
      state: {},
      batch: { ...old, lines: [BANNER, CAUSE] },
      nowMs: 0,
    })
    expect(toLogEvidence({ state: failed, nowMs: 0 })).toBe('failed')
  })
})

describe('a fatal log', () => {
  it.each([
    ['gpu-already-in-use', 'gpu-memory-taken', { freeGib: 12.12, totalGib: 139.8 }],
    ['kv-smaller-than-max-model-len', 'kv-too-small', { estimatedMaxModelLen: 2512 }],
    ['max-model-len-above-the-models', 'max-model-len-too-large', { maxModelLen: 300_000 }],
    ['max-model-len-needs-more-kv', 'kv-too-small', { estimatedMaxModelLen: 95_088 }],
    ['no-memory-for-cache-blocks', 'no-kv-memory', {}],
  ])('%s is named by its cause, at every moment', (file, code, details) => {
    const seen = replay(`${GPU}.fatal.${file}`)
    const shown = seen.map(({ atMs, state }) => toStartFailure({ state, nowMs: atMs })?.code)
    expect(new Set(shown)).toEqual(new Set([undefined, code]))
    const state = seen.at(-1)?.state ?? {}
    expect(toStartFailure({ state, nowMs: 1e9 })).toMatchObject({ code, details })
    expect(toLogEvidence({ state, nowMs: 1e9 })).toBe('failed')
    const frozen = toStartProgress({ state, nowMs: 1e9 })
    expect(frozen?.elapsedMs).toBeLessThan(90_000)
    expect(frozen?.isStuck).toBe(false)
    expect(state.record).toBeUndefined()
  })

  it.each([
    ['before', [GENERAL, CAUSE]],
    ['after', [CAUSE, GENERAL]],
    ['before another', [GENERAL, CAUSE, 'OSError: [Errno 98] Address already in use']],
  ])('shows the specific line with a general one %s it', (_, lines) => {
    const state = readAll([BANNER, ...lines])
    expect(toStartFailure({ state, nowMs: 4000 })?.code).toBe('no-kv-memory')
  })

  it('waits 2 s for the cause before it shows a general line', () => {
    const state = readAll([BANNER, GENERAL])
    expect(toStartFailure({ state, nowMs: 2999 })).toBeUndefined()
    expect(toLogEvidence({ state, nowMs: 2999 })).toBe('starting')
    expect(toStartFailure({ state, nowMs: 3000 })?.code).toBe('engine-core-failed')
  })

  it('does not count after the start is complete, nor while /health is 200', () => {
    const after = readAll([BANNER, READY, CAUSE])
    expect(toStartFailure({ state: after, nowMs: 1e6 })).toBeUndefined()
    const healthy = reduceLogLine({
      state: readAll([BANNER]),
      line: parseLogLine(CAUSE),
      atMs: 2000,
      isHealthy: true,
    })
    expect(toStartFailure({ state: healthy, nowMs: 1e6 })).toBeUndefined()
  })

  it('is taken back when /health turns 200 after all', () => {
    const state = noteHealthy({ state: readAll([BANNER, CAUSE]), nowMs: 5000 })
    expect(toStartFailure({ state, nowMs: 1e6 })).toBeUndefined()
    expect(toLogEvidence({ state, nowMs: 1e6 })).toBe('serving')
  })

  it('is forgotten when a new process starts', () => {
    const state = readAll([BANNER, CAUSE, BANNER])
    expect(toStartFailure({ state, nowMs: 1e6 })).toBeUndefined()
    expect(toStartProgress({ state, nowMs: 2500 })).toMatchObject({
      stage: 'starting',
      elapsedMs: 500,
    })
  })

  it('of a wrong argument counts though no banner came before it', () => {
    const line = 'vllm serve: error: unrecognized arguments: --swap-space 4'
    for (const state of [readAll([line]), readAll([BANNER, READY, line])]) {
      expect(toStartFailure({ state, nowMs: 9000 })?.code).toBe('bad-arguments')
    }
  })
})

describe('the silence of a start', () => {
  it('is called stuck after 60 s without a line, and not before', () => {
    const state = readAll([BANNER, 'Resolved architecture: Qwen3ForCausalLM'])
    expect(toStartProgress({ state, nowMs: 60_999 })?.isStuck).toBe(false)
    expect(toStartProgress({ state, nowMs: 61_000 })?.isStuck).toBe(true)
  })

  it('is a download, never stuck, once weights are sought and do not come', () => {
    const state = readAll([BANNER, 'Resolved architecture: Qwen3ForCausalLM', SEEK])
    expect(toStartProgress({ state, nowMs: 7000 })?.stage).toBe('resolving')
    expect(toStartProgress({ state, nowMs: 3_000_000 })).toMatchObject({
      stage: 'downloading',
      isStuck: false,
      stages: [{ stage: 'starting' }, { stage: 'resolving' }],
    })
    expect(toLogEvidence({ state, nowMs: 3_000_000 })).toBe('starting')
  })

  it('is no download for a model of a local folder', () => {
    const state = readAll([BANNER, 'Starting to load model /models/qwen3-4b...'])
    expect(toStartProgress({ state, nowMs: 90_000 })).toMatchObject({
      stage: 'weights',
      isStuck: true,
    })
  })

  it.each<[string, string, StartStage[]]>([
    ['that the cache had', 'Loading weights took 38.00 seconds', ['starting', 'resolving']],
    [
      'that were loaded in a part of the time',
      'Loading weights took 8.00 seconds',
      ['starting', 'resolving', 'downloading'],
    ],
    [
      'that say so themselves',
      'Time spent downloading weights for Qwen/Qwen3-4B: 39.000000 seconds',
      ['starting', 'resolving', 'downloading'],
    ],
  ])('is told apart by the weights %s', (_, line, stages) => {
    const sought = readAll([BANNER, 'Resolved architecture: Qwen3ForCausalLM', SEEK])
    const state = reduceLogLine({ state: sought, line: parseLogLine(line), atMs: 42_000 })
    const progress = toStartProgress({ state, nowMs: 42_000 })
    expect([...(progress?.stages ?? [])].map(({ stage }) => stage)).toEqual(stages)
    expect(progress?.stage).toBe('weights')
  })
})

describe('the state of the log', () => {
  it('is starting, then serving, then exited', () => {
    const ready = readAll([BANNER, READY])
    expect(toLogEvidence({ state: {}, nowMs: 0 })).toBe('none')
    expect(toLogEvidence({ state: readAll([BANNER]), nowMs: 500 })).toBe('starting')
    // The port opens a moment after the line.
    expect(toLogEvidence({ state: ready, nowMs: 2000 })).toBe('starting')
    expect(toLogEvidence({ state: ready, nowMs: 9000 })).toBe('serving')
    const up = noteHealthy({ state: ready, nowMs: 1500 })
    expect(toLogEvidence({ state: up, nowMs: 2000 })).toBe('serving')
    const gone = readAll(['INFO:     Finished server process [1]'], up)
    expect(toLogEvidence({ state: gone, nowMs: 3000 })).toBe('exited')
  })

  it('skips what users wrote', () => {
    const words = `INFO 11-23 16:00:09 [x.py:1] Received request chatcmpl-1: prompt: '${CAUSE} ${BANNER}'`
    const state = readAll([BANNER, 'Resolved architecture: Qwen3ForCausalLM', words])
    expect(toStartFailure({ state, nowMs: 1e5 })).toBeUndefined()
    expect(toStartProgress({ state, nowMs: 3000 })).toMatchObject({
      stage: 'resolving',
      elapsedMs: 3000,
    })
  })

  it('begins anew without a banner when a first word follows an end', () => {
    const lines = [
      BANNER,
      READY,
      'INFO:     Application shutdown complete.',
      'Using max model len 4096',
    ]
    const state = readAll(lines)
    expect(toStartProgress({ state, nowMs: 4000 })).toMatchObject({
      stage: 'resolving',
      elapsedMs: 1000,
    })
    expect(state.run?.isWhole).toBe(false)
  })

  it('measures the next start against the last complete one', () => {
    const first = stateAfter(CPU_EAGER)
    const state = reduceLogLine({ state: first, line: parseLogLine(BANNER), atMs: 400_000 })
    expect(toStartProgress({ state, nowMs: 400_000 })?.lastStartMs).toBe(88_895)
  })

  it('takes no time from a second server that begins beside one that answers', () => {
    expect(noteHealthy({ state: readAll([BANNER]), nowMs: 900 }).record).toBeUndefined()
    const late = readAll([BANNER, 'GPU KV cache size: 91,008 tokens'])
    expect(noteHealthy({ state: late, nowMs: 9000 }).record?.totalMs).toBe(9000)
  })
})

describe('a start record', () => {
  it('comes back as it was saved', () => {
    const record = stateAfter(CPU_EAGER).record
    expect(record && parseStartRecord(formatStartRecord(record))).toEqual(record)
    expect(
      Object.keys(record?.stages ?? {}).every((stage) =>
        START_STAGES.includes(stage as StartStage),
      ),
    ).toBe(true)
  })

  it.each([undefined, '', 'x', 'null', '{}', '{"totalMs":0}', '{"totalMs":"9"}', '[1]'])(
    'is nothing for %s',
    (text) => expect(parseStartRecord(text)).toBeUndefined(),
  )

  it('leaves out times that are none', () => {
    expect(parseStartRecord('{"totalMs":9,"stages":{"weights":-1,"graphs":4,"x":1}}')).toEqual({
      totalMs: 9,
      stages: { graphs: 4 },
    })
  })
})
