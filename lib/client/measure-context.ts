import type { ContextMeter } from '@/lib/domain/context-meter'
import { fetchJson } from './fetch-json'

export type MeasureContext = (options: {
  threadId: string
  /** The answer that the text follows. */
  parentId: string | null
  text: string
  signal: AbortSignal
}) => Promise<ContextMeter>

/** How long the prompt of a question would be, by the engine's own tokenizer. Rejects with an AppError. */
export const measureContext: MeasureContext = ({ signal, ...body }) =>
  fetchJson({ path: '/api/tokenize', isAnswer: isContextMeter, signal, body })

function isContextMeter(value: object): value is ContextMeter {
  return 'maxModelLen' in value && typeof value.maxModelLen === 'number'
}
