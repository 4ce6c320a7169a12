import { existsSync, readFileSync } from 'node:fs'
import { isObject } from './parse-chat-request.ts'
import type { Scenario } from './scenario.ts'
import { buildStartLog, type ProcessIds } from './start-log.ts'

/** What a start does in time: pieces of log, and perhaps the moments it is ready or over. */
export type StartEvent = { atMs: number; text?: () => string; becomes?: 'ready' | 'down' }

const READY = 'Application startup complete.'

/** A path, or the name of one of the recorded logs, folder included. */
function toLogFile(file: string): string | URL {
  return existsSync(file) ? file : new URL(`./__fixtures__/${file}`, import.meta.url)
}

function readReplay(options: {
  file: string
  speed: number
  until: 'ready' | 'end'
}): StartEvent[] {
  const { file, speed, until } = options
  const events: StartEvent[] = []
  for (const line of readFileSync(toLogFile(file), 'utf8').split('\n')) {
    const read: unknown = line === '' ? undefined : JSON.parse(line)
    if (!isObject(read) || typeof read.t !== 'number') continue
    const atMs = (read.t * 1000) / speed
    if (typeof read.s !== 'string') {
      events.push({ atMs, becomes: 'down' })
      continue
    }
    const text = read.s
    const isReady = text.includes(READY)
    events.push({ atMs, text: () => text, ...(isReady ? { becomes: 'ready' as const } : {}) })
    if (isReady && until === 'ready') break
  }
  return events
}

/** A replayed log decides when the engine is ready; else it is ready after `loadingMs`. */
export function planStart(options: {
  scenario: Scenario
  pids: ProcessIds
  port: number
}): StartEvent[] {
  const { scenario, pids, port } = options
  if (scenario.logReplay !== null) return readReplay(scenario.logReplay)
  const ready: StartEvent = { atMs: scenario.loadingMs, becomes: 'ready' }
  if (scenario.logLines.length > 0) {
    const lines = scenario.logLines.map(({ atMs, text }) => ({ atMs, text: () => `${text}\n` }))
    return [...lines, ready].sort((a, b) => a.atMs - b.atMs)
  }
  if (scenario.startLog === 'none') return [ready]
  const pieces = buildStartLog({ engine: scenario, pids, port }).map(({ at, write }) => ({
    atMs: at * scenario.loadingMs,
    text: () => write(new Date()),
  }))
  return [...pieces, ready]
}
