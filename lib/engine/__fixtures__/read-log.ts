import { readFileSync } from 'node:fs'

export type RecordedRead = { t: number; s: string }

/** The reads of a recorded log: seconds since its start, and the text as it came. */
export function readRecordedLog(file: string): RecordedRead[] {
  const text = readFileSync(new URL(`./${file}.jsonl`, import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedRead)
    .filter((read) => read.s !== undefined)
}
