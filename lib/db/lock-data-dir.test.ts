import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataDirLockedError, lockDataDir } from './lock-data-dir'

const HOOKS = new URL('../../cli/launch/typescript-hooks.mjs', import.meta.url).href

let dataDir: string
const children: ChildProcess[] = []

beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'lock-')), 'deep', 'data')
})
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child)
  rmSync(dataDir, { recursive: true, force: true })
})

async function kill(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** A process of its own that takes the lock, says what came of it, and stays. */
async function startHolder() {
  const script = `
    const { lockDataDir } = await import(${JSON.stringify(resolve('lib/db/lock-data-dir.ts'))})
    try { await lockDataDir(process.argv[1]); console.log('locked') }
    catch (error) { console.log(error.name + ' ' + error.pid) }
    setInterval(() => {}, 1000)`
  const child = spawn(
    process.execPath,
    ['--import', HOOKS, '--input-type=module', '-e', script, dataDir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  children.push(child)
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, line: String(line) }
}

const lockFile = () => join(dataDir, 'lock')

describe('lockDataDir', () => {
  it('refuses a second process and names the first', async () => {
    const { child, line } = await startHolder()
    expect(line).toBe('locked')
    await expect(lockDataDir(dataDir)).rejects.toThrow(DataDirLockedError)
    await expect(lockDataDir(dataDir)).rejects.toThrow(
      `${dataDir} is in use by the process ${child.pid}`,
    )
  })

  it('takes over the lock of a process that was killed', async () => {
    const { child } = await startHolder()
    await kill(child)
    expect(existsSync(lockFile())).toBe(true)
    const lock = await lockDataDir(dataDir)
    expect(JSON.parse(readFileSync(lockFile(), 'utf8')).pid).toBe(process.pid)
    lock.release()
    expect(existsSync(lockFile())).toBe(false)
  })

  it('takes over the lock of a process whose id now belongs to another', async () => {
    const { child } = await startHolder()
    const held = JSON.parse(readFileSync(lockFile(), 'utf8'))
    writeFileSync(lockFile(), JSON.stringify({ ...held, startedAt: 'another boot/1' }))
    const lock = await lockDataDir(dataDir)
    expect(JSON.parse(readFileSync(lockFile(), 'utf8')).pid).not.toBe(child.pid)
    lock.release()
  })

  it('lets exactly one of many have the lock of a dead process', async () => {
    const { child } = await startHolder()
    await kill(child)
    const lines = await Promise.all(
      Array.from({ length: 6 }, async () => (await startHolder()).line),
    )
    expect(lines.filter((line) => line === 'locked')).toHaveLength(1)
    expect(lines.filter((line) => line.startsWith('DataDirLockedError'))).toHaveLength(5)
  })

  it.each([
    ['an empty lock', ''],
    ['a lock that is no JSON', 'x'],
    ['a lock without a process', '{}'],
    ['a lock of null', 'null'],
  ])('takes over %s once it is old', async (_, content) => {
    ;(await lockDataDir(dataDir)).release()
    writeFileSync(lockFile(), content)
    utimesSync(lockFile(), new Date(0), new Date(0))
    const lock = await lockDataDir(dataDir)
    lock.release()
  })

  it('gets past a takeover that died in the middle', async () => {
    ;(await lockDataDir(dataDir)).release()
    writeFileSync(lockFile(), JSON.stringify({ pid: 2 ** 30, startedAt: '' }))
    writeFileSync(`${lockFile()}.takeover`, '')
    utimesSync(`${lockFile()}.takeover`, new Date(0), new Date(0))
    ;(await lockDataDir(dataDir)).release()
    expect(existsSync(`${lockFile()}.takeover`)).toBe(false)
  })

  it('does not remove the lock of another when it lets go', async () => {
    const lock = await lockDataDir(dataDir)
    writeFileSync(lockFile(), JSON.stringify({ pid: 1, startedAt: 'other' }))
    lock.release()
    expect(existsSync(lockFile())).toBe(true)
  })

  it('refuses a second lock within one process', async () => {
    const lock = await lockDataDir(dataDir)
    await expect(lockDataDir(dataDir)).rejects.toMatchObject({ pid: process.pid })
    lock.release()
  })
})
