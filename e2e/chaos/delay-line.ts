import type { Socket } from 'node:net'

const MOST_QUEUED_BYTES = 1_048_576

type Queue = {
  pieces: { bytes: Buffer; dueAtMs: number }[]
  bytes: number
  isEnded: boolean
  error: unknown
  wake: () => void
}

async function fill(options: { from: Socket; queue: Queue; delayMs: () => number }): Promise<void> {
  const { from, queue, delayMs } = options
  let lastDueAtMs = 0
  from.on('data', (bytes: Buffer) => {
    // A piece never overtakes the one before it, whatever the jitter.
    lastDueAtMs = Math.max(lastDueAtMs, performance.now() + delayMs())
    queue.pieces.push({ bytes, dueAtMs: lastDueAtMs })
    queue.bytes += bytes.length
    if (queue.bytes > MOST_QUEUED_BYTES) from.pause()
    queue.wake()
  })
  await new Promise<void>((resolve) => {
    from.once('end', resolve)
    from.once('close', resolve)
    from.once('error', (error) => {
      queue.error = error
      resolve()
    })
  })
  queue.isEnded = true
  queue.wake()
}

/** What a socket sends, each piece so much later, many on their way at once. @throws its error */
export async function* createDelayLine(options: {
  from: Socket
  delayMs: () => number
}): AsyncGenerator<Buffer> {
  const { from } = options
  const queue: Queue = { pieces: [], bytes: 0, isEnded: false, error: undefined, wake: () => {} }
  void fill({ ...options, queue })
  for (;;) {
    if (queue.error !== undefined) throw queue.error
    const next = queue.pieces[0]
    if (next === undefined && queue.isEnded) return
    const restMs = next === undefined ? Number.POSITIVE_INFINITY : next.dueAtMs - performance.now()
    if (next === undefined || restMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = Number.isFinite(restMs) ? setTimeout(resolve, Math.ceil(restMs)) : undefined
        queue.wake = () => {
          // A new piece changes nothing for the one that is waited for.
          if (next !== undefined && queue.error === undefined) return
          clearTimeout(timer)
          resolve()
        }
      })
      continue
    }
    queue.pieces.shift()
    queue.bytes -= next.bytes.length
    if (from.isPaused() && queue.bytes < MOST_QUEUED_BYTES / 2) from.resume()
    yield next.bytes
  }
}
