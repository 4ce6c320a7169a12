import type { EngineHttp } from './engine-http'

/** One GET of the engine; what is posted is entered by those who ask for it. */
export type EngineLook = { path: string; durationMs: number; isOk: boolean }

/** The same client, which tells of each look. */
export function countLooks({
  http,
  onLook,
  now = () => performance.now(),
}: {
  http: EngineHttp
  onLook?: ((look: EngineLook) => void) | undefined
  now?: () => number
}): EngineHttp {
  if (onLook === undefined) return http
  return {
    ...http,
    async request(request) {
      if (request.method === 'POST') return await http.request(request)
      const startedMs = now()
      const tell = (isOk: boolean) =>
        onLook({ path: request.path, durationMs: now() - startedMs, isOk })
      try {
        const answer = await http.request(request)
        tell(true)
        return answer
      } catch (error) {
        tell(false)
        throw error
      }
    },
  }
}
