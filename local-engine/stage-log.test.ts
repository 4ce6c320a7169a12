import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { EngineFailure, toEngineFailure } from './engine-failure.ts'
import { createStageLog } from './stage-log.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stage-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('writes each stage to the file, with the time, and to the output', () => {
  const lines: string[] = []
  const file = join(folder, 'deep', 'engine.log')
  const log = createStageLog({ write: (line) => lines.push(line), now: () => new Date(0) })
  log.stage('fetching', { done_mb: 12, total_mb: 94 })
  log.keepIn(file)
  log.fail(new EngineFailure('no-space', { needed_mb: 300, folder: '/a folder' }))
  expect(lines).toEqual([
    '[local-engine] stage=fetching done_mb=12 total_mb=94',
    '[local-engine] stage=failed code=no-space retry=later needed_mb=300 folder="/a folder"',
  ])
  const written = readFileSync(file, 'utf8')
  expect(written).toBe(lines.map((line) => `1970-01-01T00:00:00.000Z ${line}\n`).join(''))
})

it('keeps the log of the start before', () => {
  const file = join(folder, 'engine.log')
  for (const name of ['first', 'second']) {
    const log = createStageLog({ write: () => {} })
    log.keepIn(file)
    log.note(name)
    log.close()
  }
  expect(readFileSync(`${file}.1`, 'utf8')).toContain('first')
  expect(readFileSync(file, 'utf8')).toContain('second')
})

it('still prints when the file cannot be written', () => {
  writeFileSync(join(folder, 'blocked'), '')
  const lines: string[] = []
  const log = createStageLog({ write: (line) => lines.push(line) })
  log.keepIn(join(folder, 'blocked', 'engine.log'))
  log.note('one\ntwo')
  expect(lines).toEqual(['[local-engine] one two'])
})

it('names a full disk and a folder without rights by their codes, whatever threw', () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC', path: '/x' })
  expect(toEngineFailure(full)).toMatchObject({ code: 'no-space', isRetryable: true })
  const denied = Object.assign(new Error('open'), { code: 'EACCES' })
  expect(toEngineFailure(denied)).toMatchObject({ code: 'not-writable', isRetryable: false })
  expect(toEngineFailure('odd')).toMatchObject({ code: 'internal', facts: { reason: 'odd' } })
})
