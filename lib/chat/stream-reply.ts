import type { AppError } from '@/lib/domain/error'
import type { Reply } from '@/lib/domain/message'
import type { CompletionEvent, CompletionRequest } from '@/lib/engine/completion'
import { type Run, setProgress, wakeFollowers } from './run'
import { toEndedReply, toRunError } from './to-ended-reply'

/**
 * Reads one completion into the run and folds its marks into the ended reply, which is not stored
 * yet. Never rejects: whatever goes wrong is an end of the reply.
 */
export async function streamReply(options: {
  run: Run
  events: (request: Pick<CompletionRequest, 'signal'>) => AsyncIterable<CompletionEvent>
  /** Whom it would wait for, if it were sent now; undefined where that is not known. */
  lookAhead: () => { aheadRequests: number; isQueued: boolean } | undefined
  /** The engine is ended at this length of reasoning and text, and the reply is complete. */
  maxLength: number
  now: () => number
  onFailure: (error: AppError) => void
}): Promise<Reply> {
  const { run, events, lookAhead, maxLength, now, onFailure } = options
  const { marks } = run
  let aheadRequests: number | undefined
  let failure: AppError | undefined
  try {
    for await (const event of events({ signal: run.abort.signal })) {
      if (event.type === 'finish') marks.finish = event
      else if (event.type === 'sent') {
        const seen = lookAhead()
        marks.sentMs = event.atMs
        if (seen !== undefined) {
          aheadRequests = seen.aheadRequests
          setProgress(
            run,
            seen.isQueued ? { stage: 'queued', aheadRequests } : { stage: 'prefill' },
          )
        }
      } else {
        for (const atMs of event.arrivalsMs) marks.arrivalsMs.push(atMs)
        appendDelta(run, event)
        if (run.buffer.length() >= maxLength) {
          marks.finish = { type: 'finish', finishReason: 'length' }
          break
        }
      }
    }
  } catch (error) {
    if (run.cause === undefined) {
      failure = toRunError(error)
      onFailure(failure)
    }
  }
  run.closedMs = now()
  return toEndedReply({
    reply: run.reply,
    written: run.buffer.written(),
    marks: {
      acceptedMs: marks.acceptedMs,
      endedMs: run.closedMs,
      deltaArrivalsMs: marks.arrivalsMs,
      ...(marks.sentMs === undefined ? {} : { sentMs: marks.sentMs }),
      ...(aheadRequests === undefined ? {} : { aheadRequests }),
    },
    finish: marks.finish,
    cause: run.cause,
    failure,
  })
}

function appendDelta(
  run: Run,
  event: CompletionEvent & { type: 'text-delta' | 'reasoning-delta' },
): void {
  if (event.delta === '') return
  run.buffer.append(event.type === 'text-delta' ? 'text' : 'reasoning', event.delta)
  if (run.progress.stage === 'generating') wakeFollowers(run)
  else setProgress(run, { stage: 'generating' })
}
