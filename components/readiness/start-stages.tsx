'use client'

import { CheckIcon, MinusIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { ProgressBar } from '@/components/ui/progress-bar'
import { StatusDot } from '@/components/ui/status-dot'
import type { StartProgress } from '@/lib/domain/readiness'
import { formatElapsed } from '@/lib/timing/format-elapsed'
import { cn } from '@/lib/utils'
import { type RowName, type StageRow, toStageRows } from './to-stage-rows'
import { useElapsed } from './use-elapsed'

const STATE_WORDS = {
  done: 'gate.stageDone',
  skipped: 'gate.stageSkipped',
  current: 'gate.stageCurrent',
  next: 'gate.stageNext',
} as const

type StartStagesProps = { start: StartProgress; isWarming: boolean; isLocal: boolean }

/** The engine's start by its log: one bar, the clock against the last start, and every stage. */
export function StartStages({ start, isWarming, isLocal }: StartStagesProps) {
  const t = useTranslations()
  const rows = toStageRows({ start, isWarming, isLocal })
  const current = rows.find(({ state }) => state === 'current')
  const next = rows.find(({ state }) => state === 'next')
  const name = (row: RowName) =>
    row === 'warming' ? t('phases.warming.label') : t(`stages.${row}`)
  const figure = useStageFigure(start)
  const percent = isWarming || figure === undefined ? '' : ` ${figure}`

  return (
    <div className="mt-3">
      <ProgressBar
        value={isWarming ? 1 : start.progress}
        label={t('gate.progress')}
        valueText={current === undefined ? '' : `${name(current.name)}${percent}`}
      />
      <div className="mt-2 flex flex-wrap justify-between gap-x-4 text-xs text-muted-foreground tabular-nums">
        <StartClock start={start} />
        {next === undefined ? null : <span>{t('gate.next', { stage: name(next.name) })}</span>}
      </div>
      <ol className="mt-3 text-[0.8125rem] leading-[1.5rem]">
        {rows.map((row) => (
          <li
            key={row.name}
            aria-current={row.state === 'current' ? 'step' : undefined}
            className={cn(
              'flex items-center gap-2.5 tabular-nums',
              row.state === 'current' ? 'font-medium text-foreground' : 'text-muted-foreground',
            )}
          >
            <StageSign state={row.state} />
            <span className="min-w-0 truncate">{name(row.name)}</span>
            <span className="sr-only">{t(STATE_WORDS[row.state])}</span>
            <span className="ml-auto flex shrink-0 gap-3 font-normal text-muted-foreground">
              {row.state === 'current' && percent !== '' ? (
                <span className="font-medium text-accent">{percent}</span>
              ) : null}
              {row.elapsedMs === undefined ? null : formatElapsed(row.elapsedMs)}
            </span>
          </li>
        ))}
      </ol>
      {start.isStuck ? <StuckNote sinceLastLineMs={start.sinceLastLineMs} /> : null}
    </div>
  )
}

/** How far the stage is, in the figure that it tells: megabytes of a download, else percent. */
function useStageFigure({ stagePercent, download }: StartProgress): string | undefined {
  const t = useTranslations('gate')
  if (download === undefined) return stagePercent === undefined ? undefined : `${stagePercent} %`
  const { doneMb: done, totalMb: total } = download
  return total === undefined ? t('megabytes', { done }) : t('megabytesOf', { done, total })
}

function StageSign({ state }: { state: StageRow['state'] }) {
  const className = 'size-3.5 shrink-0'
  if (state === 'done')
    return <CheckIcon aria-hidden="true" className={cn(className, 'text-success')} />
  if (state === 'skipped') return <MinusIcon aria-hidden="true" className={className} />
  return (
    <span aria-hidden="true" className={cn(className, 'flex items-center justify-center')}>
      {state === 'current' ? (
        <StatusDot tone="waiting" className="animate-spin [animation-duration:1.6s]" />
      ) : (
        <span className="size-1.5 rounded-full bg-border-strong" />
      )}
    </span>
  )
}

function StartClock({ start }: { start: StartProgress }) {
  const t = useTranslations('gate')
  const elapsed = useElapsed({ clock: 'startStartedAtMs', fallbackMs: start.elapsedMs })
  if (start.lastStartMs === undefined) return <span>{t('elapsed', { elapsed })}</span>
  const last = formatElapsed(start.lastStartMs)
  return <span>{t('elapsedOfLast', { elapsed, last })}</span>
}

function StuckNote({ sinceLastLineMs }: { sinceLastLineMs: number }) {
  const t = useTranslations('gate')
  const elapsed = useElapsed({ clock: 'lastLineAtMs', fallbackMs: sinceLastLineMs })
  return <p className="mt-3 text-xs text-warning tabular-nums">{t('stuck', { elapsed })}</p>
}
