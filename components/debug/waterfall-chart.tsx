'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Term } from '@/components/ui/term'
import type { ReplyStatus } from '@/lib/domain/message'
import type { ReplyTrace } from '@/lib/domain/reply-trace'
import {
  type Segment,
  type SegmentName,
  toWaterfall,
  type Waterfall,
} from '@/lib/timing/to-waterfall'
import { cn } from '@/lib/utils'
import { useValues } from './use-values'

/** Ours, the engine's and the network's parts are told apart; the names stand beside the bars. */
const FILLS: Record<SegmentName, string> = {
  page: 'fill-border-strong',
  overhead: 'fill-foreground',
  queue: 'fill-warning',
  prefill: 'fill-accent',
  other: 'fill-muted-foreground',
  decode: 'fill-success',
  ending: 'fill-border-strong',
}

/** A bar that lasted no time is still seen. */
const MIN_SHARE = 0.003
const MIN_EXCESS_MS = 1

/** From Enter to the end: one row a part, drawn to one scale, each with its ms. The rows are a table. */
export function WaterfallChart({
  trace: { timing, paint, arrivalOffsetsMs, status },
}: {
  trace: Pick<ReplyTrace, 'timing' | 'paint' | 'arrivalOffsetsMs' | 'status'>
}) {
  const t = useTranslations('trace')
  const { duration } = useValues()
  const [scale, setScale] = useState<Scale>('whole')
  if (timing === undefined) return <p>{t('noTiming')}</p>
  const waterfall = toWaterfall({ timing, paint, arrivalOffsetsMs })
  const hasToken = timing.ttftMs !== undefined
  const scaleMs = (scale === 'ttft' ? waterfall.firstTokenAtMs : undefined) ?? waterfall.totalMs
  return (
    <>
      {hasToken ? <ScaleChoice scale={scale} onChoose={setScale} /> : null}
      <table className="w-full border-separate border-spacing-0 text-xs leading-6 tabular-nums">
        <caption className="sr-only">{t('waterfallCaption')}</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">{t('part')}</th>
            <th scope="col">{t('scale')}</th>
            <th scope="col">{t('duration')}</th>
          </tr>
        </thead>
        <tbody>
          {waterfall.segments.map((segment) => (
            <SegmentRow key={segment.name} {...{ segment, waterfall, scaleMs, hasToken, status }} />
          ))}
        </tbody>
        <tfoot>
          <tr data-segment="whole" data-ms={waterfall.wholeMs}>
            <th
              scope="row"
              className="border-t border-border pr-3 text-left font-medium whitespace-nowrap"
            >
              {t(paint === undefined ? 'wholeFromServer' : 'whole')}
            </th>
            <td className="border-t border-border" />
            <td className="border-t border-border pl-3 text-right font-medium whitespace-nowrap">
              {duration(waterfall.wholeMs)}
            </td>
          </tr>
        </tfoot>
      </table>
      {waterfall.excessMs < MIN_EXCESS_MS ? null : (
        <p className="mt-1 text-xs text-muted-foreground">
          {t('excess', { value: duration(waterfall.excessMs) })}
        </p>
      )}
    </>
  )
}

function SegmentRow({
  segment: { name, startMs, durationMs },
  waterfall,
  scaleMs,
  hasToken,
  status,
}: {
  segment: Segment
  waterfall: Waterfall
  /** What the full width stands for. */
  scaleMs: number
  hasToken: boolean
  status: ReplyStatus
}) {
  const t = useTranslations('trace')
  const { duration } = useValues()
  const definition = t(`segments.${name === 'other' && !hasToken ? 'unanswered' : name}.definition`)
  const missing = toMissingKey({ name, hasToken, status })
  return (
    <tr data-segment={name} data-ms={durationMs}>
      <th scope="row" className="pr-3 text-left font-normal whitespace-nowrap">
        <Term definition={definition}>
          {t(`segments.${name === 'other' && !hasToken ? 'unanswered' : name}.label`)}
        </Term>
      </th>
      <td className="w-full">
        {durationMs === undefined ? (
          <span className="block text-[0.6875rem] leading-4 text-muted-foreground">
            {t(`missing.${missing}`)}
          </span>
        ) : (
          <Bar
            {...{ name, startMs, durationMs, scaleMs }}
            firstTokenAtMs={waterfall.firstTokenAtMs}
          />
        )}
      </td>
      <td
        className={cn(
          'pl-3 text-right whitespace-nowrap',
          durationMs === undefined && 'text-muted-foreground',
        )}
      >
        {durationMs === undefined ? t('none') : duration(durationMs)}
      </td>
    </tr>
  )
}

function Bar({
  name,
  startMs,
  durationMs,
  scaleMs,
  firstTokenAtMs,
}: {
  name: SegmentName
  startMs: number
  durationMs: number
  scaleMs: number
  firstTokenAtMs: number | undefined
}) {
  const percent = (ms: number) => `${scaleMs === 0 ? 0 : (ms / scaleMs) * 100}%`
  const isBeyond = startMs >= scaleMs && durationMs > 0
  return (
    <svg aria-hidden="true" width="100%" height="14" className="block rounded-sm bg-muted">
      {isBeyond ? null : (
        <rect
          x={percent(Math.min(startMs, scaleMs * (1 - MIN_SHARE)))}
          width={percent(Math.max(durationMs, scaleMs * MIN_SHARE))}
          height="14"
          className={FILLS[name]}
        />
      )}
      {firstTokenAtMs === undefined ? null : (
        <line
          x1={percent(firstTokenAtMs)}
          x2={percent(firstTokenAtMs)}
          y2="14"
          strokeDasharray="2 2"
          className="stroke-foreground"
        />
      )}
    </svg>
  )
}

const SCALES = ['whole', 'ttft'] as const
type Scale = (typeof SCALES)[number]

/** A long decode leaves the parts before the first token too thin to compare. */
function ScaleChoice({ scale, onChoose }: { scale: Scale; onChoose: (scale: Scale) => void }) {
  const t = useTranslations('trace')
  const words = { whole: t('scaleWhole'), ttft: t('scaleTtft') }
  return (
    <fieldset className="mb-2 flex w-fit gap-0.5 rounded-lg bg-muted p-0.5 print:hidden">
      <legend className="sr-only">{t('scaleOf')}</legend>
      {SCALES.map((name) => (
        <label
          key={name}
          className="flex h-6 items-center rounded-md px-2 text-xs text-muted-foreground hover:text-foreground has-checked:bg-background has-checked:text-foreground has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-ring"
        >
          <input
            type="radio"
            name="waterfall-scale"
            checked={name === scale}
            onChange={() => onChoose(name)}
            className="sr-only"
          />
          {words[name]}
        </label>
      ))}
    </fieldset>
  )
}

function toMissingKey({
  name,
  hasToken,
  status,
}: {
  name: SegmentName
  hasToken: boolean
  status: ReplyStatus
}) {
  if (name === 'queue' || name === 'prefill') return status === 'complete' ? 'engine' : 'cut'
  if (!hasToken) return 'noToken'
  return name === 'page' ? 'page' : 'recorded'
}
