import type { Reply } from '@/lib/domain/message'
import type { EngineMetrics } from '@/lib/engine/read-metrics'

/** How things stood when a request was about to be sent. */
export type Attendance = {
  /** The engine's, at the last look. */
  metrics: EngineMetrics | undefined
  /** Of this server, under way at that moment. */
  ownRequests: number
  /** The first reply of a process that came after another one. */
  isFirstOfProcess: boolean
  /** The process had read the system prompt before. */
  isWarm: boolean
  /** Since the last reply ended; absent for the very first one. */
  idleMs?: number
}

const MAX_KNOWN = 64
const ABSENT: Attendance = {
  metrics: undefined,
  ownRequests: 0,
  isFirstOfProcess: false,
  isWarm: false,
}

/** Who is being served, and by which process. Entering is a few map operations. */
export function createAttendance() {
  const present = new Map<string, Attendance>()
  const knownProcesses = new Set<number>()
  const warmProcesses = new Set<number | undefined>()
  let lastEndAtMs: number | undefined

  const know = (processStartedAtMs: number | undefined): boolean => {
    if (processStartedAtMs === undefined || knownProcesses.has(processStartedAtMs)) return true
    const isFirst = knownProcesses.size > 0
    knownProcesses.add(processStartedAtMs)
    forgetOldest(knownProcesses)
    return !isFirst
  }
  return {
    /** From the store, of the time before this server. */
    remember(last: { processStartsMs: readonly number[]; lastReplyAtMs?: number }): void {
      for (const startedAtMs of last.processStartsMs.toReversed()) knownProcesses.add(startedAtMs)
      lastEndAtMs ??= last.lastReplyAtMs
    },
    enter({ reply, metrics }: { reply: Reply; metrics: EngineMetrics | undefined }): void {
      const startedAtMs = metrics?.processStartedAtMs
      const idleMs = lastEndAtMs === undefined ? undefined : reply.createdAtMs - lastEndAtMs
      present.set(reply.id, {
        metrics,
        ownRequests: present.size,
        isFirstOfProcess: !know(startedAtMs),
        isWarm: warmProcesses.has(startedAtMs),
        ...(idleMs === undefined ? {} : { idleMs }),
      })
    },
    leave(reply: Reply): Attendance {
      const seen = present.get(reply.id) ?? ABSENT
      present.delete(reply.id)
      lastEndAtMs = reply.createdAtMs + (reply.timing?.e2elMs ?? 0)
      if (reply.timing?.ttftMs !== undefined) warmProcesses.add(seen.metrics?.processStartedAtMs)
      forgetOldest(warmProcesses)
      return seen
    },
    warm(metrics: EngineMetrics | undefined): void {
      warmProcesses.add(metrics?.processStartedAtMs)
    },
  }
}

function forgetOldest(processes: Set<number | undefined> | Set<number>): void {
  if (processes.size <= MAX_KNOWN) return
  const [oldest] = processes
  if (oldest !== undefined) processes.delete(oldest)
}
