import type { EngineActivity } from '@/lib/domain/reply-trace'
import type { EngineMetrics } from '@/lib/engine/read-metrics'

const COUNTERS = [
  'preemptions',
  'generationTokens',
  'promptTokens',
  'prefixCacheQueryTokens',
  'prefixCacheHitTokens',
] as const

/**
 * What the engine did between two readings of its metrics, the one before a reply was sent and the one
 * after its end. Differences only of one process; undefined when nothing is known.
 */
export function toEngineActivity(options: {
  before: EngineMetrics | undefined
  after: EngineMetrics | undefined
  aheadRequests: number | undefined
}): EngineActivity | undefined {
  const { before, after, aheadRequests } = options
  const activity: EngineActivity = {
    ...(aheadRequests === undefined ? {} : { aheadRequests }),
    ...field('runningAtEnd', after?.runningRequests),
    ...field('waitingAtEnd', after?.waitingRequests),
    ...field('kvCacheUsageAtStart', before?.kvCacheUsage),
    ...field('kvCacheUsageAtEnd', after?.kvCacheUsage),
    ...field('processStartedAtMs', (before ?? after)?.processStartedAtMs),
    ...toDifferences(before, after),
  }
  return Object.keys(activity).length === 0 ? undefined : activity
}

function toDifferences(
  before: EngineMetrics | undefined,
  after: EngineMetrics | undefined,
): Partial<EngineActivity> {
  if (before === undefined || after === undefined) return {}
  if (before.processStartedAtMs !== after.processStartedAtMs) return {}
  const differences: Partial<EngineActivity> = {}
  for (const name of COUNTERS) {
    const [from, to] = [before[name], after[name]]
    if (from !== undefined && to !== undefined && to >= from) differences[name] = to - from
  }
  return differences
}

function field<Name extends keyof EngineActivity>(
  name: Name,
  value: number | undefined,
): Pick<EngineActivity, Name> | Record<string, never> {
  return value === undefined ? {} : ({ [name]: value } as Pick<EngineActivity, Name>)
}
