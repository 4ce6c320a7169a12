import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLineSplitter } from './create-line-splitter'
import { followLog, type LogBatch, type LogStatus } from './follow-log'

describe('createLineSplitter', () => {
  it('gives the same lines wherever the bytes are cut', () => {
    const text = 'a\r\nbä█\n\rc 1%\rc 2%\r\n\nlast line is open'
    const whole = Buffer.from(text)
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 8 }), (cuts) => {
        const splitter = createLineSplitter()
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length]
        const lines = places.flatMap((at, index) =>
          splitter.push(whole.subarray(places[index - 1] ?? 0, at)),
        )
        expect(lines).toEqual(['a', 'bä█', 'c 1%', 'c 2%'])
      }),
    )
  })

  it('drops a line beyond 64 KB and goes on with the next', () => {
    const splitter = createLineSplitter()
    const chunk = Buffer.alloc(50_000, 'x')
    expect(splitter.push(Buffer.from('before\n'))).toEqual(['before'])
    for (let part = 0; part < 20; part += 1) expect(splitter.push(chunk)).toEqual([])
    expect(splitter.push(Buffer.from('end of it\nafter\n'))).toEqual(['after'])
  })
})

describe('followLog', () => {
  let folder: string
  let path: string
  let controller: AbortController
  let lines: string[]
  let batches: LogBatch[]
  let statuses: LogStatus[]
  let looks: number
  let wake: () => void
  let onLook: () => void
  let running: Promise<void> | undefined

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'follow-log-'))
    path = join(folder, 'vllm.log')
    controller = new AbortController()
    lines = []
    batches = []
    statuses = []
    looks = 0
    wake = () => {}
    onLook = () => {}
    running = undefined
  })
  afterEach(async () => {
    controller.abort()
    wake()
    await running
    rmSync(folder, { recursive: true })
  })

  /** Starts it, or lets it look once more; resolves when it has looked. */
  async function look() {
    const seen = new Promise<void>((resolve) => {
      onLook = resolve
    })
    if (running === undefined) {
      running = followLog({
        path,
        onLines: (batch) => {
          batches.push(batch)
          lines.push(...batch.lines)
        },
        onStatus: (status) => statuses.push(status),
        signal: controller.signal,
        sleep: () =>
          new Promise((resolve) => {
            wake = resolve
            looks += 1
            onLook()
          }),
      })
    } else wake()
    await seen
  }

  it('reads what is there and what comes', async () => {
    writeFileSync(path, 'one\ntwo\npart')
    await look()
    expect([lines, batches[0]?.isBacklog]).toEqual([['one', 'two'], true])
    appendFileSync(path, 'ial\nbar 1%\rbar 2%\r')
    await look()
    expect(lines).toEqual(['one', 'two', 'partial', 'bar 1%', 'bar 2%'])
    expect(batches[1]?.isBacklog).toBe(false)
    expect(statuses).toEqual(['following'])
  })

  it('picks up a file that comes late', async () => {
    await look()
    await look()
    expect(statuses).toEqual(['missing'])
    writeFileSync(path, 'here\n')
    await look()
    expect([statuses, lines]).toEqual([['missing', 'following'], ['here']])
  })

  it('reads the rest of a rotated file, then the new one', async () => {
    writeFileSync(path, 'old\n')
    await look()
    appendFileSync(path, 'last of old\n')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'first of new\n')
    await look()
    appendFileSync(path, 'more\n')
    await look()
    expect(lines).toEqual(['old', 'last of old', 'first of new', 'more'])
  })

  it('begins anew when the file was truncated', async () => {
    writeFileSync(path, 'a long first line\nopen')
    await look()
    truncateSync(path)
    appendFileSync(path, 'short\n')
    await look()
    expect(lines).toEqual(['a long first line', 'short'])
  })

  it('says missing when the file goes, and reads it again when it comes back', async () => {
    writeFileSync(path, 'a\n')
    await look()
    rmSync(path)
    await look()
    writeFileSync(path, 'b\n')
    await look()
    expect([statuses, lines]).toEqual([
      ['following', 'missing', 'following'],
      ['a', 'b'],
    ])
  })

  it('begins a big old file at the last start in its last 4 MB', async () => {
    const filler = `${'x'.repeat(999)}\n`
    const banner = (version: string) => `vLLM server version ${version}, serving model m\n`
    writeFileSync(
      path,
      `${banner('1') + filler.repeat(6000) + banner('2') + filler + banner('3')}after\n`,
    )
    await look()
    expect(lines).toEqual(['vLLM server version 3, serving model m', 'after'])
  })

  it('takes no memory for a line without an end', async () => {
    writeFileSync(path, 'before\n')
    await look()
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
    const file = openSync(path, 'a')
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    for (let round = 0; round < 16; round += 1) {
      for (let part = 0; part < 3; part += 1) writeSync(file, chunk)
      await look()
    }
    const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before
    writeSync(file, '\nafter\n')
    closeSync(file)
    await look()
    expect(lines).toEqual(['before', 'after'])
    expect(grown).toBeLessThan(24 * 1024 * 1024)
  })

  it('takes binary for what it is', async () => {
    writeFileSync(path, Buffer.from([0, 255, 254, 10, 65, 10]))
    await look()
    expect(lines.at(-1)).toBe('A')
  })

  it('refuses a directory', async () => {
    mkdirSync(path)
    await look()
    expect(statuses).toEqual(['unreadable'])
  })

  it('refuses a FIFO without waiting for its writer', async () => {
    execFileSync('mkfifo', [path])
    await look()
    expect(statuses).toEqual(['unreadable'])
  })

  it('refuses a name that leads nowhere', async () => {
    path = join(folder, 'x'.repeat(300))
    await look()
    expect(statuses).toEqual(['unreadable'])
  })

  it('tells how long ago a backlog was written', async () => {
    writeFileSync(path, 'a\n')
    execFileSync('touch', ['-d', '2026-01-01T00:00:00Z', path])
    await look()
    expect(batches[0]?.ageMs).toBeGreaterThan(24 * 3600 * 1000)
  })

  it('ends when it is aborted', async () => {
    await look()
    controller.abort()
    wake()
    await running
    expect(looks).toBe(1)
  })
})
