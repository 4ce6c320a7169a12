const DRAIN_MS = 1000
const DRAIN_READS = 16

/** After `[DONE]` only the end of the body is due; read to it, and the connection can be used again. */
export async function drainBody(options: {
  reader: Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>
  drainMs?: number
}): Promise<void> {
  const { reader, drainMs = DRAIN_MS } = options
  const timer = setTimeout(() => void reader.cancel().catch(() => {}), drainMs)
  try {
    for (let reads = 0; reads < DRAIN_READS; reads += 1) {
      if ((await reader.read()).done) return
    }
    await reader.cancel()
  } catch {
    // The connection is gone, and with it the reason to read.
  } finally {
    clearTimeout(timer)
  }
}
