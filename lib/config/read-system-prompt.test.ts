import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { EnvError } from './env'
import { readSystemPrompt } from './read-system-prompt'

const folder = mkdtempSync(join(tmpdir(), 'prompt-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string | Buffer): string {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

it('gives the text as it stands, newlines and all, without a byte order mark', () => {
  expect(readSystemPrompt(write('ok', '\uFEFF You are … \r\n'))).toBe(' You are … \r\n')
})

it.each([
  ['missing', () => join(folder, 'nothing'), /does not exist/],
  ['a folder', () => folder, /cannot be read/],
  ['empty', () => write('empty', ' \n'), /is empty/],
  ['binary', () => write('binary', Buffer.from([0xff, 0xfe, 0x80])), /not a UTF-8 text/],
  ['huge', () => write('huge', 'a'.repeat(300_000)), /larger than 256 KiB/],
])('says clearly that the file is %s', (_, file, reason) => {
  const path = file()
  expect(() => readSystemPrompt(path)).toThrow(EnvError)
  expect(() => readSystemPrompt(path)).toThrow(reason)
  expect(() => readSystemPrompt(path)).toThrow(`SYSTEM_PROMPT_FILE: ${path}`)
})
