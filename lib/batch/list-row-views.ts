import type { BatchResult, BatchRowView } from '@/lib/domain/batch'
import { toShortText } from './live-rows'
import { type BatchRegistryState, findRecord } from './registry-state'

/**
 * A stretch of the table, in the order of the input: what has a result, what is in flight, what waits.
 * @throws {AppError} batch_not_found, storage_failed
 */
export async function listRowViews(
  state: BatchRegistryState,
  options: { id: string; first: number; count: number },
): Promise<BatchRowView[]> {
  const { id, first } = options
  const { scan } = findRecord(state, id)
  const count = Math.min(options.count, (scan?.rows ?? 0) - first)
  if (count <= 0) return []
  const previews = await state.parts.store.readPreviews({ id, first, count })
  const live = state.active?.id === id ? state.active.live : undefined
  return await state.journals.use(id, async (journal) => {
    const results = await Promise.all(previews.map((_, at) => journal.read(first + at)))
    return previews.map((preview, at): BatchRowView => {
      const index = first + at
      const running = live?.find(index)
      if (running !== undefined) return { index, ...preview, state: 'running', ...running }
      const result = results[at]
      return result === undefined
        ? { index, ...preview, state: 'waiting' }
        : { index, ...preview, ...toDone(result) }
    })
  })
}

function toDone({ status, text, error, timing, attempts }: BatchResult) {
  const { ttftMs, tokensPerSecond, completionTokens } = timing ?? {}
  return {
    state: status,
    text: toShortText(text),
    attempts,
    ...(error === undefined ? {} : { error }),
    ...(ttftMs === undefined ? {} : { ttftMs }),
    ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
    ...(completionTokens === undefined ? {} : { completionTokens }),
  }
}
