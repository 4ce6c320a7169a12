import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { StartStage } from '@/lib/domain/readiness'
import { parseLogLine } from '@/lib/engine/parse-log-line'
import {
  BANNER,
  CAUSE,
  CPU_EAGER,
  readAll,
  replay,
  stateAfter,
  textOf,
} from './__fixtures__/replay-log'
import { reduceLogBatch, toLogEvidence, toStartFailure, toStartProgress } from './start-progress'

const OURS = '../../readiness/__fixtures__/'
const GPU = 'vllm-0.26.0-gpu'

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
