import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineFailure } from './engine-failure.ts'

type Holder = { pid: number; port: number }

const POLL_MS = 200

/**
 * One engine a data folder. A holder counts while its process lives and its port takes
 * connections; else the lock is stale (its process was killed) and is taken over. Waits a moment
 * for a holder that is just going away.
 * @throws {EngineFailure} `already-running` with the holder's pid and port.
 */
export async function holdLock(options: {
  file: string
  port: number
  patienceMs?: number
}): Promise<{ release: () => void }> {
  const { file, port, patienceMs = 10_000 } = options
  mkdirSync(dirname(file), { recursive: true })
  const deadline = performance.now() + patienceMs
  const own = JSON.stringify({ pid: process.pid, port })
  for (;;) {
    if (tryTake({ file, own })) return { release: () => releaseOwn({ file, own }) }
    const holder = readHolder(file)
    if (holder === undefined || !(await isAlive(holder))) {
      rmSync(file, { force: true })
      continue
    }
    if (performance.now() >= deadline) throw new EngineFailure('already-running', holder)
    await sleep(POLL_MS)
  }
}

/** Written beside it and linked, so that the file never exists without its content. */
function tryTake({ file, own }: { file: string; own: string }): boolean {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, own)
    linkSync(draft, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function releaseOwn({ file, own }: { file: string; own: string }): void {
  try {
    if (readFileSync(file, 'utf8') === own) rmSync(file, { force: true })
  } catch {
    // Gone already.
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof found !== 'object' || found === null) return undefined
    if (!('pid' in found) || !('port' in found)) return undefined
    const { pid, port } = found
    return typeof pid === 'number' && typeof port === 'number' ? { pid, port } : undefined
  } catch {
    return undefined
  }
}

async function isAlive({ pid, port }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    const isForeign = error instanceof Error && 'code' in error && error.code === 'EPERM'
    if (!isForeign) return false
  }
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const answer = (isOpen: boolean) => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.setTimeout(1000, () => answer(false))
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}
