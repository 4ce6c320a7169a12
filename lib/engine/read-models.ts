import { AppError } from '@/lib/domain/error'
import type { ServedModel } from '@/lib/domain/readiness'
import type { EngineHttp } from './engine-http'

const MAX_MODELS = 200
const MAX_NAME_CHARACTERS = 300

/**
 * What `/v1/models` lists, in its order: vLLM puts the served names first and LoRA adapters behind.
 * @throws {AppError} `engine_malformed` when it is JSON but no list of models.
 */
export async function readModels(options: {
  http: EngineHttp
  signal?: AbortSignal
  timeoutMs?: number
}): Promise<ServedModel[]> {
  const { http, ...limits } = options
  return parseModels(await http.request({ path: '/models', base: 'v1', accept: 'json', ...limits }))
}

function parseModels(answer: unknown): ServedModel[] {
  const list =
    typeof answer === 'object' && answer !== null && 'data' in answer ? answer.data : answer
  if (!Array.isArray(list)) throw new AppError('engine_malformed')
  return list.slice(0, MAX_MODELS).flatMap((entry: unknown) => parseModel(entry))
}

function parseModel(entry: unknown): ServedModel[] {
  if (typeof entry !== 'object' || entry === null || !('id' in entry)) return []
  if (typeof entry.id !== 'string' || entry.id === '') return []
  const root = 'root' in entry && typeof entry.root === 'string' ? entry.root : undefined
  const maxModelLen = 'max_model_len' in entry ? entry.max_model_len : undefined
  return [
    {
      id: entry.id.slice(0, MAX_NAME_CHARACTERS),
      ...(root === undefined ? {} : { root: root.slice(0, MAX_NAME_CHARACTERS) }),
      ...(typeof maxModelLen === 'number' && maxModelLen > 0 ? { maxModelLen } : {}),
    },
  ]
}
