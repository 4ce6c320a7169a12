import { setTimeout as delay } from 'node:timers/promises'
import type { Reply } from '@/lib/domain/message'
import type { Engine } from '@/lib/engine/engine'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import type { EngineSamples } from '@/lib/readiness/create-engine-samples'
import { toReplyFlags } from '@/lib/timing/to-reply-flags'
import type { ChatLogger } from './chat-ports'
import { type Attendance, createAttendance } from './create-attendance'
import type { Ledger } from './create-ledger'
import { createPrefixGuard } from './create-prefix-guard'
import type { RunMarks, RunObserver } from './run-observer'
import { toEngineActivity } from './to-engine-activity'
import { toReplyRecord } from './to-reply-record'
import type { TracePort } from './trace-ports'

export type TracerOptions = {
  store: TracePort
  engine: Pick<Engine, 'readMetrics' | 'tokenize'>
  samples: EngineSamples
  ledger: Pick<Ledger, 'enter'>
  systemPrompt: string
  systemPromptSha256: string
  /** Where completions are sent. */
  url: string
  engineVersion: () => string | undefined
  logger: ChatLogger
  /** Resolves early, without error, when the signal aborts. */
  sleep?: (durationMs: number, signal: AbortSignal) => Promise<void>
}

/** Records each run after its end: what the engine did meanwhile, why it was slow, what the cache gave. */
export type ReplyTracer = Required<RunObserver> & {
  /** The engine's present process has read the system prompt. */
  noteWarmUp(): void
  /** Resolves when what has ended so far is recorded and judged. */
  settled(): Promise<void>
  /** Records what is left without asking the engine any more. */
  close(): Promise<void>
}

/** Metrics read up to so long before a request was sent stand for the engine as it was then. */
const MAX_AGE_MS = 3000
/** The engine counts its last step a moment after it has told its last token. */
const SETTLE_MS = 250
const LOOK_TIMEOUT_MS = 1000

export function createReplyTracer(options: TracerOptions): ReplyTracer {
  const { store, samples, logger } = options
  const sleep = options.sleep ?? sleepUntilAborted
  const closing = new AbortController()
  const tasks = new Set<Promise<void>>()
  const attendance = createAttendance()
  const guard = createPrefixGuard(options)
  let look: Promise<EngineMetrics | undefined> | undefined

  /** One look for all that end at about the same time. */
  const lookAfterEnd = async () => {
    await sleep(SETTLE_MS, closing.signal)
    look = undefined
    if (closing.signal.aborted) return undefined
    const limits = { timeoutMs: LOOK_TIMEOUT_MS, signal: closing.signal }
    const metrics = await options.engine.readMetrics(limits).catch(() => undefined)
    if (metrics !== undefined) samples.add(metrics)
    return metrics
  }
  const run = (work: () => Promise<void>) => {
    const task: Promise<void> = work()
      .catch((error: unknown) => logger.warn({ err: error }, 'a reply could not be traced'))
      .finally(() => tasks.delete(task))
    tasks.add(task)
  }
  run(async () => attendance.remember(await store.loadLastSeen()))

  return {
    started: ({ reply }) =>
      attendance.enter({ reply, metrics: samples.latest(MAX_AGE_MS)?.metrics }),
    ended({ reply, marks }) {
      const seen = attendance.leave(reply)
      run(async () => {
        const isSent = marks.sentMs !== undefined
        if (isSent) look ??= lookAfterEnd()
        const after = isSent ? await look : undefined
        await store.saveRecord(record({ options, reply, marks, seen, after }))
        const before = await store.loadRequestBefore(reply)
        if (isSent) enterCall(options.ledger, reply, before?.reply)
        if (!closing.signal.aborted && isSent) {
          guard.judge({ reply, marks, before, metrics: after ?? seen.metrics, isWarm: seen.isWarm })
        }
      })
    },
    noteWarmUp: () => attendance.warm(samples.latest(MAX_AGE_MS)?.metrics),
    async settled() {
      while (tasks.size > 0) await Promise.all(tasks)
      await guard.idle()
    },
    async close() {
      closing.abort()
      while (tasks.size > 0) await Promise.all(tasks)
      await guard.close()
    },
  }
}

function record(ended: {
  options: TracerOptions
  reply: Reply
  marks: RunMarks
  seen: Attendance
  after: EngineMetrics | undefined
}) {
  const { options, reply, marks, seen, after } = ended
  const aheadRequests = reply.timing?.aheadRequests ?? seen.ownRequests
  const activity = toEngineActivity({ before: seen.metrics, after, aheadRequests })
  const plain = toReplyRecord({ ...options, reply, marks, engineVersion: options.engineVersion() })
  const flags = toReplyFlags({
    timing: reply.timing,
    activity,
    arrivalOffsetsMs: marks.arrivalsMs.length === 0 ? undefined : plain.arrivalOffsetsMs,
    queuedBehindRequests: marks.queuedBehindRequests,
    isFirstOfProcess: seen.isFirstOfProcess,
    idleMs: seen.idleMs,
  })
  return { ...plain, flags, ...(activity === undefined ? {} : { activity }) }
}

/** Of a turn there is exactly one, whatever came of it. */
function enterCall(ledger: Pick<Ledger, 'enter'>, reply: Reply, before: Reply | undefined): void {
  const { timing, status } = reply
  const { overheadMs = 0, e2elMs = 0, promptTokens, completionTokens } = timing ?? {}
  const isRetry = before?.parentId === reply.parentId
  ledger.enter({
    kind: 'generation',
    cause: reply.continuesId !== undefined ? 'continue' : isRetry ? 'retry' : 'turn',
    startedAtMs: reply.createdAtMs + overheadMs,
    durationMs: e2elMs - overheadMs,
    outcome: status === 'complete' ? 'ok' : status === 'stopped' ? 'stopped' : 'failed',
    messageId: reply.id,
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(completionTokens === undefined ? {} : { completionTokens }),
  })
}

async function sleepUntilAborted(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal, ref: false }).catch(() => undefined)
}
