import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TipsRecord } from '@/lib/domain/tips'
import { createTipsFiles } from './create-tips-files'

let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tips-files-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

const record = (id: string, startedAtMs: number): TipsRecord => ({
  id,
  label: 'before / 0.9',
  startedAtMs,
  durationMs: 1200.5,
  engine: { model: 'm', isPrefixCachingEnabled: false },
  measurements: ['batch'],
  series: [{ measurement: 'batch', at: 16, figure: 'speedup', values: [4.1, 4.2] }],
  requests: 32,
  completionTokens: 512,
})

describe('createTipsFiles', () => {
  it('lists what was saved, oldest first, as it was', async () => {
    const files = createTipsFiles({ dataDir })
    expect(await files.list()).toEqual([])
    const [later, earlier] = [record('bbbbbbbb-1', 2000), record('aaaaaaaa-1', 1000)]
    await files.save(later)
    await files.save(earlier)
    expect(await files.list()).toEqual([earlier, later])
    expect(readdirSync(join(dataDir, 'tips'))[0]).toBe('1970-01-01T00-00-01-000Z-aaaaaaaa.json')
  })

  it('leaves out what is no record', async () => {
    mkdirSync(join(dataDir, 'tips'))
    writeFileSync(join(dataDir, 'tips', 'half.json'), '{"id":')
    writeFileSync(join(dataDir, 'tips', 'other.json'), '{"id":"x"}')
    writeFileSync(join(dataDir, 'tips', 'readme.txt'), 'x')
    expect(await createTipsFiles({ dataDir }).list()).toEqual([])
  })
})
