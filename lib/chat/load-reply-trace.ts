import type { StoredTrace } from '@/lib/domain/reply-record'
import type { ReplyTrace } from '@/lib/domain/reply-trace'
import { selectSent } from '@/lib/domain/select-sent'
import { toRequestBody } from '@/lib/engine/to-request-body'
import { buildMessages } from '@/lib/prompt/build-messages'

/**
 * All that is known of a reply; undefined for anything else. The request is built again from the branch
 * by what built it then, with the system prompt it was sent with.
 */
export async function loadReplyTrace(options: {
  messageId: string
  loadTrace: (messageId: string) => Promise<StoredTrace | undefined>
  /** Of a reply of which nothing was recorded. */
  present: { url: string; systemPrompt: string }
  appVersion?: string | undefined
}): Promise<ReplyTrace | undefined> {
  const { messageId, loadTrace, present, appVersion } = options
  const stored = await loadTrace(messageId)
  if (stored === undefined) return undefined
  const { reply, history, record } = stored
  const { systemPrompt = present.systemPrompt } = stored
  const { continuesId } = reply
  const begun = continuesId === undefined ? undefined : await loadTrace(continuesId)
  const sent = begun === undefined ? history : [...history, begun.reply]
  const sampling = record?.sampling ?? {}
  const question = history.at(-1)
  const leftOut = history.slice(0, history.length - selectSent(history).length)
  const leftOutTurns = leftOut.filter(({ role }) => role === 'user').length
  return {
    messageId,
    threadId: reply.threadId,
    runId: reply.runId,
    question: question?.text ?? '',
    createdAtMs: reply.createdAtMs,
    status: reply.status,
    sampling,
    request: {
      url: record?.url ?? present.url,
      headers: record?.headers ?? {},
      body: toRequestBody({
        model: record?.requestModel ?? reply.model ?? '',
        messages: buildMessages({ systemPrompt, history: sent }),
        sampling,
        isContinuation: begun !== undefined,
      }),
    },
    ...(appVersion === undefined ? {} : { appVersion }),
    ...(leftOutTurns === 0 ? {} : { leftOutTurns }),
    answer: { text: reply.text, reasoning: reply.reasoning },
    flags: record?.flags ?? [],
    ...pick(reply, ['finishReason', 'error', 'model', 'timing', 'paint']),
    ...(record === undefined ? {} : pick(record, RECORDED)),
  }
}

const RECORDED = [
  'arrivalOffsetsMs',
  'completionId',
  'systemFingerprint',
  'engineVersion',
  'activity',
  'prefix',
] as const

/** Those fields that are there. */
function pick<From extends object, Name extends keyof From>(
  from: From,
  names: readonly Name[],
): Pick<From, Name> {
  const entries = names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]])
  return Object.fromEntries(entries) as Pick<From, Name>
}
