import type { Reply } from '@/lib/domain/message'
import type { ReplyRecord } from '@/lib/domain/reply-record'
import { toRequestHeaders } from '@/lib/engine/to-request-headers'
import { toArrivalOffsets } from '@/lib/timing/to-arrival-offsets'
import type { RunMarks } from './run-observer'

/** Those that every completion is sent with; the key's is left out. */
const FIXED_HEADERS = {
  'content-type': 'application/json',
  accept: 'text/event-stream',
  'accept-encoding': 'identity',
}

/** What is kept of an ended run beside its text and timing, before anything is made of it. */
export function toReplyRecord(ended: {
  reply: Reply
  marks: RunMarks
  url: string
  systemPromptSha256: string
  engineVersion: string | undefined
}): Omit<ReplyRecord, 'flags'> {
  const { reply, marks, url, systemPromptSha256, engineVersion } = ended
  const { completionId, systemFingerprint } = marks.finish ?? {}
  const ids = {
    sessionId: reply.threadId,
    requestId: reply.runId,
    ...(marks.traceparent === undefined ? {} : { traceparent: marks.traceparent }),
  }
  return {
    messageId: reply.id,
    url,
    headers: { ...FIXED_HEADERS, ...toRequestHeaders(ids) },
    requestModel: marks.model,
    systemPromptSha256,
    sampling: marks.sampling,
    arrivalOffsetsMs: toArrivalOffsets({ arrivalsMs: marks.arrivalsMs }),
    deltaCount: marks.arrivalsMs.length,
    ...(completionId === undefined ? {} : { completionId }),
    ...(systemFingerprint === undefined ? {} : { systemFingerprint }),
    ...(engineVersion === undefined ? {} : { engineVersion }),
  }
}
