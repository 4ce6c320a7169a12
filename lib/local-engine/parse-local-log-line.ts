/** In the order of a first start; a later one skips `installing` and `fetching`. */
export const LOCAL_STAGES = [
  'starting',
  'installing',
  'fetching',
  'checking',
  'loading',
  'ready',
  'failed',
  'stopped',
] as const

export type LocalStage = (typeof LOCAL_STAGES)[number]

export type LocalFacts = Record<string, string | number>

/** Why the local engine gave up; `code` names its sentence and cure. */
export type LocalFailure = {
  /** no-network, no-pip, no-space … ; `crashed` when it ended without a word. */
  code: string
  /** False: the same start fails again until someone changes something. */
  isRetryable: boolean
  /** Figures and names for the sentence. */
  facts: LocalFacts
}

export type LocalLogLine = {
  stage: LocalStage
  /** 0–100 within the stage, where the line tells how far it is. */
  percent?: number
  facts: LocalFacts
  failure?: LocalFailure
}

const PREFIX = '[local-engine] '
const PAIR = /([a-z][a-z0-9_]*)=("(?:[^"\\]|\\.)*"|\S+)/g
const MAX_CHARACTERS = 4096

/**
 * Reads a line of the local engine's output, with or without a time in front:
 * `[local-engine] stage=fetching done_mb=12 total_mb=94`. `undefined` for any other line. Never throws.
 */
export function parseLocalLogLine(raw: string): LocalLogLine | undefined {
  const start = raw.indexOf(PREFIX)
  if (start < 0 || raw.length > MAX_CHARACTERS) return undefined
  const { stage: told, ...facts } = parsePairs(raw.slice(start + PREFIX.length))
  const stage = LOCAL_STAGES.find((known) => known === told)
  if (stage === undefined) return undefined
  if (stage === 'failed') {
    const { code = 'internal', retry, ...rest } = facts
    const failure = { code: String(code), isRetryable: retry === 'later', facts: rest }
    return { stage, facts: rest, failure }
  }
  const percent = toPercent(facts)
  return { stage, ...(percent === undefined ? {} : { percent }), facts }
}

function parsePairs(text: string): LocalFacts {
  const facts: LocalFacts = {}
  for (const [, key = '', value = ''] of text.matchAll(PAIR)) facts[key] = parseValue(value)
  return facts
}

function parseValue(value: string): string | number {
  if (value.startsWith('"')) return parseQuoted(value)
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

function parseQuoted(value: string): string {
  try {
    return String(JSON.parse(value))
  } catch {
    return value.slice(1, -1)
  }
}

function toPercent({ percent, done_mb: done, total_mb: total }: LocalFacts): number | undefined {
  if (typeof percent === 'number') return clamp(percent)
  if (typeof done !== 'number' || typeof total !== 'number' || total <= 0) return undefined
  return clamp(Math.floor((100 * done) / total))
}

function clamp(percent: number): number {
  return Math.min(100, Math.max(0, percent))
}
