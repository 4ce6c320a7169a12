import type { StartFailure } from '@/lib/domain/readiness'
import { createEngine } from '@/lib/engine/create-engine'
import { followLog } from '@/lib/engine/follow-log'
import {
  reduceLogBatch,
  type StartState,
  toStartFailure,
  toStartProgress,
} from '@/lib/readiness/start-progress'
import { sayFailure, sayStage } from './words'

export type StartWatch = {
  /** Resolves when the log is followed: what is written before that belongs to older starts. */
  attached: Promise<void>
  /** Resolves with the served model's name when the engine answers; never, when the watch is ended before. */
  ready: Promise<string>
  /** The fatal line of this start, if its log has one. Looks at the rest of the log first. */
  end(): Promise<StartFailure | undefined>
}

const PROBE_MS = 500
const HEARTBEAT_MS = 15_000

type Options = {
  baseUrl: string
  apiKey: string | undefined
  logFile: string
  print: (line: string) => void
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  now: () => number
}

/** Follows one start by its log and its port, and prints each stage once. */
export function watchStart(options: Options): StartWatch {
  const { logFile, sleep, now } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const startedAtMs = now()
  let state: StartState = {}
  const printer = createStagePrinter({ ...options, startedAtMs })
  const attached = Promise.withResolvers<void>()
  // Older starts stand in the same file: what is appended from here on counts.
  const following = followLog({
    path: logFile,
    signal,
    sleep,
    onStatus: () => attached.resolve(),
    onLines: (batch) => {
      if (batch.isBacklog) return
      state = reduceLogBatch({ state, batch, nowMs: now() })
      printer.tell(state)
    },
  })
  return {
    attached: attached.promise,
    ready: untilReady({ ...options, signal, onSilence: () => printer.beat(state) }),
    async end() {
      // Once more, for what came since the last look.
      await sleep(700, signal).catch(() => {})
      stopping.abort()
      await following
      return toStartFailure({ state, nowMs: Number.POSITIVE_INFINITY })
    },
  }
}

function createStagePrinter({
  print,
  now,
  startedAtMs,
}: Pick<Options, 'print' | 'now'> & { startedAtMs: number }) {
  let told = ''
  let toldAtMs = startedAtMs
  const say = (text: string) => {
    toldAtMs = now()
    print(`  ${String(Math.round((now() - startedAtMs) / 1000)).padStart(4)} s  ${text}`)
  }
  return {
    tell(state: StartState) {
      const progress = toStartProgress({ state, nowMs: now() })
      if (progress === undefined || progress.stage === told) return
      told = progress.stage
      say(sayStage(progress.stage))
    },
    beat(state: StartState) {
      if (now() - toldAtMs < HEARTBEAT_MS) return
      const progress = toStartProgress({ state, nowMs: now() })
      if (progress === undefined) return say('no line in the log yet')
      const percent = progress.stagePercent === undefined ? '' : `, ${progress.stagePercent} %`
      say(`still: ${sayStage(progress.stage)}${percent}`)
    },
  }
}

async function untilReady(
  options: Options & { signal: AbortSignal; onSilence: () => void },
): Promise<string> {
  const { baseUrl, apiKey, signal, sleep, onSilence } = options
  const engine = createEngine({ baseUrl, ...(apiKey === undefined ? {} : { apiKey }) })
  try {
    while (!signal.aborted) {
      const seen = await engine.probe({ signal }).catch(() => undefined)
      if (seen?.models.kind === 'ok') return seen.models.models[0]?.id ?? ''
      // It answers and wants a key that was not given: it is there.
      if (seen?.models.kind === 'failed' && seen.models.error.code === 'engine_unauthorized') {
        return ''
      }
      onSilence()
      await sleep(PROBE_MS, signal).catch(() => {})
    }
    return await new Promise<never>(() => {})
  } finally {
    await engine.close()
  }
}

/** What went wrong and what helps, in two sentences, with the line of the log. */
export function describeFailure({ code, details, line }: StartFailure): string[] {
  const { sentence, cure } = sayFailure({ code, details })
  return [sentence, `What to do: ${cure}`, `From the log: ${line}`]
}
