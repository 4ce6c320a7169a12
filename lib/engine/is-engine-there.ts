import { createEngine } from './create-engine'

/**
 * Whether an engine answers at this address: one that serves, one that says it is loading or dead,
 * or one that wants another key. A program of another kind on that port is none. Never rejects.
 */
export async function isEngineThere(options: {
  /** Ends in /v1. */
  baseUrl: string
  apiKey?: string
  timeoutMs: number
}): Promise<boolean> {
  const { timeoutMs, ...address } = options
  const engine = createEngine(address)
  try {
    const { health, models } = await engine.probe({ signal: AbortSignal.timeout(timeoutMs) })
    if (health.kind === 'unavailable' || models.kind === 'ok') return true
    return models.kind === 'failed' && models.error.code === 'engine_unauthorized'
  } catch {
    return false
  } finally {
    await engine.close()
  }
}
