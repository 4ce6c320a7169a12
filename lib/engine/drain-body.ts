import type { EngineBody } from './engine-response'

const DRAIN_MS = 1000
const DRAIN_READS = 16

/** After `[DONE]` only the end of the body is due; read to it, and the connection can be used again. */
export async function drainBody(options: { body: EngineBody; drainMs?: number }): Promise<void> {
  const { body, drainMs = DRAIN_MS } = options
  const timer = setTimeout(() => void body.cancel().catch(() => {}), drainMs)
  try {
    for (let reads = 0; reads < DRAIN_READS; reads += 1) {
      if ((await body.read()).done) return
    }
    await body.cancel()
  } catch {
    // The connection is gone, and with it the reason to read.
  } finally {
    clearTimeout(timer)
  }
}
