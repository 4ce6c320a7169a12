import type { BatchResult, BatchRow, BatchRowStatus } from '@/lib/domain/batch'
import { toPublicError } from '@/lib/domain/error'
import { toReplyTiming } from '@/lib/timing/to-reply-timing'
import type { RowAnswer } from './ask-row'
import { toPrompt } from './scan-batch'

/** The one result of a row, with its one timing. */
export function toBatchResult(options: {
  row: BatchRow
  answer: RowAnswer
  attempts: number
}): BatchResult {
  const { row, answer, attempts } = options
  const { finish, failure, reasoning, arrivalsMs } = answer
  const { usage, engine, model, completionId, systemFingerprint } = finish ?? {}
  return {
    index: row.index,
    line: row.line,
    ...(row.customId === undefined ? {} : { customId: row.customId }),
    ...(row.fields === undefined ? {} : { fields: row.fields }),
    prompt: toPrompt(row),
    status: toStatus(answer),
    text: answer.text,
    ...(reasoning === '' ? {} : { reasoning }),
    ...(finish === undefined ? {} : { finishReason: finish.finishReason }),
    ...(failure === undefined ? {} : { error: toPublicError(failure) }),
    ...(model === undefined ? {} : { model }),
    ...(completionId === undefined ? {} : { completionId }),
    ...(systemFingerprint === undefined ? {} : { systemFingerprint }),
    timing: toReplyTiming({
      acceptedMs: answer.acceptedMs,
      ...(answer.sentMs === undefined ? {} : { sentMs: answer.sentMs }),
      deltaArrivalsMs: arrivalsMs,
      endedMs: answer.endedMs,
      ...(usage === undefined ? {} : { usage }),
      ...(engine === undefined ? {} : { engine }),
    }),
    gapsMs: arrivalsMs.slice(1).map((atMs, at) => toTenth(atMs - (arrivalsMs[at] ?? atMs))),
    startedAtMs: answer.startedAtMs,
    attempts,
  }
}

function toStatus({ failure, text, reasoning }: RowAnswer): BatchRowStatus {
  if (failure === undefined) return 'complete'
  return text === '' && reasoning === '' ? 'failed' : 'interrupted'
}

function toTenth(ms: number): number {
  return Math.round(ms * 10) / 10
}
