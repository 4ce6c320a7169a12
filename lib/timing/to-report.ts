import type { ReplyTrace } from '@/lib/domain/reply-trace'
import { toTpotMs } from './to-tpot'

type Line = [name: string, value: string | number | undefined]

/**
 * A reply as Markdown for a bug report: its timing, flags and versions, in English. Neither question
 * nor answer is in it, and nothing of the request's headers.
 */
export function toReport(trace: ReplyTrace): string {
  const created = new Date(trace.createdAtMs).toISOString()
  return [
    `### Reply of ${created}`,
    table('versions', [
      ['First Token', trace.appVersion],
      ['engine', trace.engineVersion],
      ['engine build', trace.systemFingerprint],
      ['model', trace.model],
    ]),
    table('reply', [
      ['status', trace.status],
      ['finish reason', trace.finishReason],
      ['error', trace.error?.code],
      ['run', trace.runId],
      ['completion', trace.completionId],
      ['oldest turns left out', trace.leftOutTurns],
      ...Object.entries(trace.sampling).map(([name, value]): Line => [name, String(value)]),
    ]),
    table('timing', timingLines(trace)),
    table('engine meanwhile', engineLines(trace)),
    table('prefix cache', prefixLines(trace)),
    flagLines(trace),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function timingLines({ timing, paint }: ReplyTrace): Line[] {
  if (timing === undefined) return []
  return [
    ['browser TTFT', ms(paint?.browserTtftMs)],
    ['TTFT', ms(timing.ttftMs)],
    ['· overhead', ms(timing.overheadMs)],
    ['· queue', ms(timing.queueMs)],
    ['· prefill', ms(timing.prefillMs)],
    ['· other', ms(timing.otherMs)],
    ['decode', ms(timing.decodeMs)],
    ['E2EL', ms(timing.e2elMs)],
    ['TPOT', ms(toTpotMs(timing))],
    ['ITL p50', ms(timing.interTokenMs?.p50)],
    ['ITL p95', ms(timing.interTokenMs?.p95)],
    ['ITL max', ms(timing.interTokenMs?.max)],
    ['tokens/s', round(timing.tokensPerSecond)],
    ['prompt tokens', timing.promptTokens],
    ['cached tokens', timing.cachedTokens],
    ['completion tokens', timing.completionTokens],
    ['requests ahead', timing.aheadRequests],
  ]
}

function engineLines({ activity }: ReplyTrace): Line[] {
  if (activity === undefined) return []
  const { processStartedAtMs, ...figures } = activity
  const started =
    processStartedAtMs === undefined ? undefined : new Date(processStartedAtMs).toISOString()
  return [
    ...Object.entries(figures).map(([name, value]): Line => [name, round(value)]),
    ['processStartedAt', started],
  ]
}

function prefixLines({ prefix }: ReplyTrace): Line[] {
  if (prefix === undefined) return []
  const { changedText: _, ...figures } = prefix
  return Object.entries(figures)
}

function flagLines({ flags }: ReplyTrace): string {
  if (flags.length === 0) return ''
  const lines = flags.map(({ code, details }) => {
    const figures = Object.entries(details).map(([name, value]) => `${name} ${round(value)}`)
    return `- ${code}${figures.length === 0 ? '' : ` (${figures.join(', ')})`}`
  })
  return ['**flags**', ...lines].join('\n')
}

function table(title: string, lines: readonly Line[]): string {
  const rows = lines.flatMap(([name, value]) =>
    value === undefined ? [] : [`| ${toCell(name)} | ${toCell(String(value))} |`],
  )
  return rows.length === 0 ? '' : [`| ${title} | |`, '|---|---|', ...rows].join('\n')
}

function toCell(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll('|', '\\|')
}

function ms(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${round(value)} ms`
}

function round(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 100) / 100
}
