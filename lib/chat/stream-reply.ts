import type { AppError } from '@/lib/domain/error'
import type { Reply } from '@/lib/domain/message'
import type { EngineLoad } from '@/lib/domain/readiness'
import type { CompletionEvent, CompletionRequest } from '@/lib/engine/completion'
import { type Run, setProgress, wakeFollowers } from './run'
import { type FinishEvent, toEndedReply, toRunError } from './to-ended-reply'
import { toProgress } from './to-progress'

/**
 * Reads one completion into the run and folds its marks into the ended reply, which is not stored
 * yet. Never rejects: whatever goes wrong is an end of the reply.
 */
export async function streamReply(options: {
  run: Run
  events: (request: Pick<CompletionRequest, 'signal'>) => AsyncIterable<CompletionEvent>
  load: () => EngineLoad | undefined
  now: () => number
  onFailure: (error: AppError) => void
}): Promise<Reply> {
  const { run, events, load, now, onFailure } = options
  const deltaArrivalsMs: number[] = []
  let aheadRequests: number | undefined
  let finish: FinishEvent | undefined
  let failure: AppError | undefined
  try {
    for await (const event of events({ signal: run.abort.signal })) {
      if (event.type === 'finish') finish = event
      else if (event.type === 'sent') {
        const seen = load()
        run.sentMs = event.atMs
        if (seen !== undefined) {
          aheadRequests = seen.runningRequests + seen.waitingRequests
          setProgress(run, toProgress({ load: seen, youngerRequests: -1 }))
        }
      } else {
        for (const atMs of event.arrivalsMs) deltaArrivalsMs.push(atMs)
        appendDelta(run, event)
      }
    }
  } catch (error) {
    if (run.cause === undefined) {
      failure = toRunError(error)
      onFailure(failure)
    }
  }
  return toEndedReply({
    reply: run.reply,
    text: run.buffer.text(),
    reasoning: run.buffer.reasoning(),
    marks: {
      acceptedMs: run.acceptedMs,
      endedMs: now(),
      deltaArrivalsMs,
      ...(run.sentMs === undefined ? {} : { sentMs: run.sentMs }),
      ...(aheadRequests === undefined ? {} : { aheadRequests }),
    },
    finish,
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
