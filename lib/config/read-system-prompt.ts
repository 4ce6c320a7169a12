import { readFileSync } from 'node:fs'
import { EnvError } from './env'

const MAX_BYTES = 256 * 1024

/**
 * The system prompt of SYSTEM_PROMPT_FILE, read once at boot: a change of the file counts from the
 * next start, so that the prompt is one and the same in every request.
 * @throws {EnvError} when it cannot be read, is empty, too large or not UTF-8
 */
export function readSystemPrompt(file: string): string {
  const refuse = (reason: string) =>
    new EnvError(`The settings cannot be used:\n  SYSTEM_PROMPT_FILE: ${file} ${reason}`)
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw refuse(isMissing ? 'does not exist' : 'cannot be read')
  }
  if (bytes.length > MAX_BYTES) throw refuse('is larger than 256 KiB')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refuse('is not a UTF-8 text')
  }
  if (text.trim() === '') throw refuse('is empty')
  return text
}
