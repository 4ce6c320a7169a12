import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { type EngineFailure, type Facts, toEngineFailure } from './engine-failure.ts'

/** In the order of a first start; a later one skips `installing` and `fetching`. */
export type Stage =
  | 'starting'
  | 'installing'
  | 'fetching'
  | 'checking'
  | 'loading'
  | 'ready'
  | 'failed'
  | 'stopped'

/** Lines that a gate can follow: `[local-engine] stage=fetching done_mb=12 total_mb=94`. */
export type StageLog = {
  stage(stage: Stage, facts?: Facts): void
  fail(failure: EngineFailure): void
  /** A remark that belongs to no stage. */
  note(text: string): void
  /** From here on, and for what was said before, into this file too; the one before is kept as `<file>.1`. */
  keepIn(file: string): void
  close(): void
}

/** A word or a figure stands bare, anything else as a JSON string, so that a line is always one line. */
export function formatStageLine({ stage, facts = {} }: { stage: Stage; facts?: Facts }): string {
  const pairs = Object.entries({ stage, ...facts }).map(([key, value]) => {
    const isBare = typeof value === 'number' || /^[\w.:/@+-]+$/.test(value)
    return `${key}=${isBare ? value : JSON.stringify(value)}`
  })
  return `[local-engine] ${pairs.join(' ')}`
}

/**
 * Writes every line to `write` and, once a file is named, with the time in front into the file.
 * Where that cannot be written the lines still go to `write`.
 */
export function createStageLog(options: {
  write: (line: string) => void
  now?: () => Date
}): StageLog {
  const { write, now = () => new Date() } = options
  let early: string[] = []
  let descriptor: number | undefined
  const keep = (text: string) => {
    if (descriptor === undefined) {
      early.push(text)
      return
    }
    try {
      writeSync(descriptor, text)
    } catch {
      // A full disk must not hide the line that says so.
    }
  }
  const print = (line: string) => {
    keep(`${now().toISOString()} ${line}\n`)
    write(line)
  }
  return {
    stage: (stage, facts) => print(formatStageLine({ stage, ...(facts ? { facts } : {}) })),
    fail: (failure) => print(formatStageLine({ stage: 'failed', facts: failureFacts(failure) })),
    note: (text) => print(`[local-engine] ${text.replaceAll(/\s+/g, ' ').slice(0, 500)}`),
    keepIn(file) {
      descriptor = openFresh(file)
      keep(early.join(''))
      early = []
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor)
      descriptor = undefined
    },
  }
}

function failureFacts(failure: EngineFailure): Facts {
  return { code: failure.code, retry: failure.isRetryable ? 'later' : 'never', ...failure.facts }
}

function openFresh(file: string): number | undefined {
  try {
    mkdirSync(dirname(file), { recursive: true })
    try {
      renameSync(file, `${file}.1`)
    } catch (error) {
      if (toEngineFailure(error).code !== 'internal') return undefined
    }
    return openSync(file, 'w')
  } catch {
    return undefined
  }
}
