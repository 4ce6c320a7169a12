import {
  isSamplingNumber,
  isStopList,
  type Sampling,
  type SamplingNumber,
} from '@/lib/domain/sampling'
import { isRecord, parseJson } from './parse-json-row'
import { parseMessages } from './parse-messages'
import { type ParsedRow, toBad } from './parsed-row'

type Body = Readonly<Record<string, unknown>>

/** The fields of a request that a thread may set too, by their names on the wire. */
const NUMBERS: Readonly<Record<string, SamplingNumber>> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  min_p: 'minP',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  repetition_penalty: 'repetitionPenalty',
  max_tokens: 'maxTokens',
  max_completion_tokens: 'maxTokens',
  seed: 'seed',
}

/** Without them the answer is the same. */
const HARMLESS = ['stream', 'stream_options', 'user', 'metadata', 'store', 'service_tier']

/** One parser a file: it knows the ids that came before. */
export function createOpenAiRowParser(): (line: { line: number; text: string }) => ParsedRow {
  const seen = new Set<string>()
  return ({ line, text }) => {
    const parsed = parseRequest({ line, text })
    if (!('row' in parsed)) return parsed
    const { customId = '' } = parsed.row
    if (seen.has(customId))
      return toBad({ line, reason: 'duplicate-custom-id', details: { customId } })
    seen.add(customId)
    return parsed
  }
}

function parseRequest({ line, text }: { line: number; text: string }): ParsedRow {
  const value = parseJson(text)
  if (value === undefined) return toBad({ line, reason: 'not-json' })
  if (!isRecord(value)) return toBad({ line, reason: 'not-an-object' })
  const { custom_id: customId, method, url, body } = value
  if (typeof customId !== 'string' || customId === '')
    return toBad({ line, reason: 'no-custom-id' })
  if (method !== 'POST') return toBad({ line, reason: 'wrong-method' })
  if (url !== '/v1/chat/completions') return toBad({ line, reason: 'wrong-url' })
  if (!isRecord(body)) return toBad({ line, reason: 'no-body' })
  const messages = parseMessages(body.messages)
  if ('reason' in messages) return toBad({ line, ...messages })
  const sampling = readSampling(body)
  if ('field' in sampling) {
    const { reason, field } = sampling
    return toBad({ line, reason, details: { field } })
  }
  const model = typeof body.model === 'string' && body.model !== '' ? { model: body.model } : {}
  return { row: { line, customId, ...messages, isVerbatim: true, ...sampling, ...model } }
}

/** A field that would change the answer is refused rather than left out. */
function readSampling(
  body: Body,
): { sampling: Sampling } | { reason: 'unsupported-field' | 'bad-value'; field: string } {
  const sampling: Sampling = {}
  for (const [field, value] of Object.entries(body)) {
    if (value === null || field === 'messages' || field === 'model') continue
    if (HARMLESS.includes(field) || (field === 'n' && value === 1)) continue
    const name = Object.hasOwn(NUMBERS, field) ? NUMBERS[field] : undefined
    if (name !== undefined) {
      if (typeof value !== 'number' || !isSamplingNumber({ name, value })) {
        return { reason: 'bad-value', field }
      }
      sampling[name] = value
    } else if (field === 'stop') {
      const stop = toStopList(value)
      if (stop === undefined) return { reason: 'bad-value', field }
      sampling.stop = stop
    } else return { reason: 'unsupported-field', field: field.slice(0, 100) }
  }
  return { sampling }
}

function toStopList(value: unknown): string[] | undefined {
  const list = typeof value === 'string' ? [value] : value
  if (!Array.isArray(list) || !list.every((text) => typeof text === 'string')) return undefined
  return isStopList(list) ? list : undefined
}
