import { stripVTControlCharacters } from 'node:util'
import type { ErrorDetails } from '@/lib/domain/error'
import type { StartStage } from '@/lib/domain/readiness'
import { findFailure, type LogFailure } from './log-failures'
import { MILESTONES, type Milestone, toFacts } from './log-milestones'

/** What one line of vLLM's output says; all of it absent in a line that says nothing of use. */
export type LogLine = {
  /** The server's process prints its version: whatever came before belongs to another one. */
  isProcessStart?: true
  isReady?: true
  /** The server goes away. */
  isExit?: true
  /** The launcher saw it end, and nobody had asked it to. */
  isDeath?: true
  milestone?: Milestone
  /** Absent for `load-start`: it may begin with a download. */
  stage?: StartStage
  /** 0–100 within the stage, where a bar was printed. */
  stagePercent?: number
  facts?: ErrorDetails
  failure?: LogFailure
  /** The engine's own stamp in ms of its year (it prints none); only differences mean something. */
  loggedAtMs?: number
}

const MAX_CHARACTERS = 4096

/** Request and access lines hold the words of users, which may look like anything. */
const SKIPPED =
  /Received request |Added request |Generated response |\bRequest \S+ (?:aborted|failed|finished)|"(?:GET|POST|HEAD|PUT|PATCH|DELETE|OPTIONS) [^"]* HTTP\/[\d.]+"|\bRoute: \//

/** What the launcher writes into the log when vLLM ended by itself: a killed one has no last word. */
export const DEATH_NOTE = '[first-token] vLLM ended'

const EXIT =
  /Application shutdown complete\.|Finished server process \[\d+\]|\[shutdown\] API server: shutdown triggered/

/** The second half of the logo in 0.2x and later; the first holds the version. */
const LOGO_MODEL = /[▀▄█].*\bmodel\s{2,}(\S.*?)\s*$/

const STAMP = /\b[A-Z]{4,8} (\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)\b/

/** Reads a line of vLLM 0.6 to today, from any process, with or without prefixes and colours. Never throws. */
export function parseLogLine(raw: string): LogLine {
  const line = stripVTControlCharacters(raw.slice(0, MAX_CHARACTERS))
  if (SKIPPED.test(line)) return {}
  const loggedAtMs = parseStamp(line)
  const parsed: LogLine = loggedAtMs === undefined ? {} : { loggedAtMs }
  const failure = findFailure(line)
  if (failure !== undefined) return { ...parsed, failure }
  if (line.startsWith(DEATH_NOTE)) return { ...parsed, isExit: true, isDeath: true }
  if (EXIT.test(line)) return { ...parsed, isExit: true }
  const model = LOGO_MODEL.exec(line)?.[1]
  if (model !== undefined) return { ...parsed, facts: toFacts({ model: model.slice(0, 300) }) }
  return readMilestones({ line, parsed })
}

/** One line may hold several (0.32 prints the size of the KV cache and the concurrency together). */
function readMilestones({ line, parsed }: { line: string; parsed: LogLine }): LogLine {
  for (const { milestone, stage, pattern, facts, percentGroup } of MILESTONES) {
    const match = pattern.exec(line)
    if (match === null) continue
    parsed.milestone = milestone
    if (stage !== undefined) parsed.stage = stage
    if (milestone === 'banner') parsed.isProcessStart = true
    if (milestone === 'ready') parsed.isReady = true
    if (facts !== undefined) parsed.facts = { ...parsed.facts, ...toFacts(facts(match)) }
    if (percentGroup !== undefined) {
      parsed.stagePercent = Math.min(100, Number(match[percentGroup]))
    }
  }
  return parsed
}

function parseStamp(line: string): number | undefined {
  const stamp = STAMP.exec(line)
  if (stamp === null) return undefined
  const [month = 1, day = 1, hour = 0, minute = 0, second = 0] = stamp.slice(1).map(Number)
  return Date.UTC(1972, month - 1, day, hour, minute, second) - Date.UTC(1972, 0, 1)
}
