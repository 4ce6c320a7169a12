import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { holdLock } from './hold-lock.ts'

let folder: string
let file: string
let server: Server
let port: number

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
  file = join(folder, 'local-engine', 'lock')
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

it('is held by one, and free again after it was released', async () => {
  const lock = await holdLock({ file, port })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ pid: process.pid, port })
  await expect(holdLock({ file, port, patienceMs: 0 })).rejects.toMatchObject({
    code: 'already-running',
    facts: { pid: process.pid, port },
  })
  lock.release()
  expect(existsSync(file)).toBe(false)
})

it('is taken over from a process that is gone, or whose pid belongs to another by now', async () => {
  const gone = spawn(process.execPath, ['-e', ''])
  await once(gone, 'exit')
  const unused = createServer().listen(0, '127.0.0.1')
  await once(unused, 'listening')
  const address = unused.address()
  const closedPort = typeof address === 'object' && address !== null ? address.port : 0
  unused.close()
  await once(unused, 'close')
  const first = await holdLock({ file, port, patienceMs: 0 })
  first.release()
  for (const holder of [
    { pid: gone.pid, port },
    { pid: process.pid, port: closedPort },
    'broken',
  ]) {
    writeFileSync(file, JSON.stringify(holder))
    const lock = await holdLock({ file, port, patienceMs: 0 })
    lock.release()
  }
})

it('waits for a holder that is going away', async () => {
  const lock = await holdLock({ file, port })
  const next = holdLock({ file, port, patienceMs: 5000 })
  lock.release()
  await expect(next).resolves.toBeDefined()
})

it('does not remove the lock of a successor', async () => {
  const lock = await holdLock({ file, port })
  writeFileSync(file, JSON.stringify({ pid: 1, port: 2 }))
  lock.release()
  expect(existsSync(file)).toBe(true)
})
