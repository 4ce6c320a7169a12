import { readRecordedLog } from '@/lib/engine/__fixtures__/read-log'
import { createLineSplitter } from '@/lib/engine/create-line-splitter'
import { parseLogLine } from '@/lib/engine/parse-log-line'
import { reduceLogBatch, reduceLogLine, type StartState } from '../start-progress'

export const CPU_EAGER = 'vllm-0.32.0.startup.enforce-eager'

export const BANNER =
  '(APIServer pid=1) INFO 11-23 16:00:00 [x.py:1] vLLM server version 0.32.0, serving model Qwen/Qwen3-4B'
export const CAUSE = 'ValueError: No available memory for the cache blocks. Try increasing'
export const READY = 'INFO:     Application startup complete.'

type Seen = { atMs: number; state: StartState }

/** Every read at its recorded moment, cut where it was cut. */
export function replay(file: string, first: StartState = {}): Seen[] {
  const splitter = createLineSplitter()
  let state = first
  return readRecordedLog(file).map(({ t, s }) => {
    const atMs = Math.round(t * 1000)
    const lines = splitter.push(Buffer.from(s))
    state = reduceLogBatch({ state, batch: { lines, isBacklog: false, ageMs: 0 }, nowMs: atMs })
    return { atMs, state }
  })
}

export const stateAfter = (file: string) => replay(file).at(-1)?.state ?? {}
export const textOf = (file: string) =>
  readRecordedLog(file)
    .map(({ s }) => s)
    .join('')

export const readAll = (lines: string[], first: StartState = {}) =>
  lines.reduce(
    (state, line, index) => reduceLogLine({ state, line: parseLogLine(line), atMs: index * 1000 }),
    first,
  )
