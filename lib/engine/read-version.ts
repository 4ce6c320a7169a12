import { isAppError } from '@/lib/domain/error'
import type { EngineHttp } from './engine-http'

/**
 * vLLM's version, as `0.32.0`; `undefined` where the server does not tell.
 * @throws {AppError} when it cannot be reached in time.
 */
export async function readVersion(options: {
  http: EngineHttp
  signal?: AbortSignal
  timeoutMs?: number
}): Promise<string | undefined> {
  const { http, ...limits } = options
  try {
    const answer = await http.request({ path: '/version', base: 'root', accept: 'json', ...limits })
    const isObject = typeof answer === 'object' && answer !== null && 'version' in answer
    if (!isObject || typeof answer.version !== 'string' || answer.version === '') return undefined
    return answer.version.slice(0, 80)
  } catch (error) {
    const isAnswer = isAppError(error) && !/unreachable|timeout/.test(error.code)
    if (isAnswer) return undefined
    throw error
  }
}
