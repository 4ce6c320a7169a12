import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** The names of all streams recorded from a real engine. */
export const RECORDED_STREAMS = readdirSync(folder).filter((name) => name.endsWith('.sse'))

/** The body of a recorded stream, byte for byte. */
export function readRecordedStream(name: string): Buffer {
  const bytes = readFileSync(`${folder}${name}`)
  const found = /\r?\n\r?\n/.exec(bytes.toString('latin1'))
  if (found === null) throw new Error(`no header in ${name}`)
  return bytes.subarray(found.index + found[0].length)
}
