import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { createLineSplitter, type LineSplitter } from './create-line-splitter'
import { parseLogLine } from './parse-log-line'

export type LogStatus = 'following' | 'missing' | 'unreadable'

export type LogBatch = {
  lines: string[]
  /** What stood in the file before it was followed; else it came since the last look. */
  isBacklog: boolean
  /** Time since the file was last written, by its own machine's clock; of use in a backlog. */
  ageMs: number
}

const READ_BYTES = 64 * 1024
const BACKLOG_BYTES = 4 * 1024 * 1024

type Follower = {
  path: string
  splitter: LineSplitter
  onLines: (batch: LogBatch) => void
  nowMs: () => number
  file?: { handle: FileHandle; ino: number; dev: number; offset: number; isBacklogRead: boolean }
}

/**
 * Follows a log file by looking at it every `pollMs`, until the signal aborts. Survives rotation,
 * truncation and a file that comes late; of a big old file it reads the last 4 MB, from the last
 * start of the engine in them. Refuses whatever is no regular file. Never rejects.
 */
export async function followLog(options: {
  path: string
  onLines: (batch: LogBatch) => void
  /** Called when it changes. */
  onStatus?: (status: LogStatus) => void
  signal: AbortSignal
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  pollMs?: number
  /** Wall clock. */
  nowMs?: () => number
}): Promise<void> {
  const { path, onLines, onStatus, signal, sleep, pollMs = 500, nowMs = Date.now } = options
  const follower: Follower = { path, splitter: createLineSplitter(), onLines, nowMs }
  let known: LogStatus | undefined
  while (!signal.aborted) {
    const status = await look(follower, signal)
    if (signal.aborted) break
    if (status !== known) onStatus?.(status)
    known = status
    await sleep(pollMs, signal).catch(() => {})
  }
  await detach(follower)
}

async function look(follower: Follower, signal: AbortSignal): Promise<LogStatus> {
  try {
    const named = await stat(follower.path)
    const { file } = follower
    if (file !== undefined && (file.ino !== named.ino || file.dev !== named.dev)) {
      await readOn(follower, signal)
      await detach(follower)
    }
    if (!named.isFile()) {
      await detach(follower)
      return 'unreadable'
    }
    if (follower.file === undefined && !(await attach(follower))) return 'unreadable'
    await readOn(follower, signal)
    return 'following'
  } catch (error) {
    await detach(follower)
    return isMissing(error) ? 'missing' : 'unreadable'
  }
}

/** Non-blocking, and judged by the open file: a FIFO put in the path's place cannot hold us. */
async function attach(follower: Follower): Promise<boolean> {
  const handle = await open(follower.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const found = await handle.stat()
  if (!found.isFile()) {
    await handle.close()
    return false
  }
  const offset = Math.max(0, found.size - BACKLOG_BYTES)
  follower.splitter.reset(offset > 0)
  follower.file = { handle, ino: found.ino, dev: found.dev, offset, isBacklogRead: false }
  return true
}

async function detach(follower: Follower): Promise<void> {
  const { file } = follower
  delete follower.file
  follower.splitter.reset()
  await file?.handle.close().catch(() => {})
}

/** Reads to the file's present end. */
async function readOn(follower: Follower, signal: AbortSignal): Promise<void> {
  const { file, splitter } = follower
  if (file === undefined) return
  const { size, mtimeMs } = await file.handle.stat()
  const ageMs = Math.max(0, follower.nowMs() - mtimeMs)
  skipTo(file, size, splitter)
  const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, Math.max(1, size - file.offset)))
  let backlog: string[] = []
  while (file.offset < size && !signal.aborted) {
    const { bytesRead } = await file.handle.read(buffer, 0, buffer.length, file.offset)
    if (bytesRead === 0) break
    file.offset += bytesRead
    const lines = splitter.push(buffer.subarray(0, bytesRead))
    if (!file.isBacklogRead) backlog = backlog.concat(lines)
    else if (lines.length > 0) follower.onLines({ lines, isBacklog: false, ageMs })
  }
  if (!file.isBacklogRead && backlog.length > 0) {
    follower.onLines({ lines: fromLastStart(backlog), isBacklog: true, ageMs })
  }
  file.isBacklogRead = true
}

/** A file that shrank was begun anew; one that ran far ahead is taken up near its end. */
function skipTo(file: { offset: number }, size: number, splitter: LineSplitter): void {
  if (size < file.offset) {
    file.offset = 0
    splitter.reset()
  }
  if (size - file.offset > BACKLOG_BYTES) {
    file.offset = size - BACKLOG_BYTES
    splitter.reset(true)
  }
}

function fromLastStart(lines: string[]): string[] {
  const start = lines.findLastIndex((line) => parseLogLine(line).isProcessStart)
  return start > 0 ? lines.slice(start) : lines
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  )
}
