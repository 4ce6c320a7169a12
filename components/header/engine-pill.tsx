'use client'

import { useTranslations } from 'next-intl'
import { useReadiness } from '@/components/providers/readiness-provider'
import { Popover } from '@/components/ui/popover'
import { StatusDot } from '@/components/ui/status-dot'
import { type ShownPhase, selectPhase } from '@/lib/client/readiness-store'
import { toPhaseTone } from '@/lib/client/to-phase-tone'
import type { Readiness } from '@/lib/domain/readiness'
import { EngineFacts } from './engine-facts'

/** Model and state in a few words; its panel has the engine's facts. */
export function EnginePill() {
  const t = useTranslations('pill')
  const phase = useReadiness(selectPhase)
  const readiness = useReadiness((state) => state.readiness)
  const words = useStateWords({ phase, readiness })
  const state = readiness.isLocal ? `${t('local')} · ${words}` : words
  const model = shortName(readiness.model?.id)

  return (
    <Popover
      label={t('details')}
      triggerLabel={t('label', { state: model === undefined ? state : `${model} · ${state}` })}
      triggerClassName="flex h-8 min-w-0 items-center gap-2 rounded-full border border-border px-3 text-xs text-muted-foreground tabular-nums hover:bg-muted hover:text-foreground aria-expanded:bg-muted"
      className="w-96 p-4"
      trigger={
        <>
          <StatusDot tone={toPhaseTone(phase)} />
          {model === undefined ? null : (
            <>
              <span className="hidden max-w-56 min-w-0 truncate text-foreground @2xl:inline">
                {model}
              </span>
              <span className="hidden @2xl:inline">·</span>
            </>
          )}
          <span className="truncate">{state}</span>
        </>
      }
    >
      <EngineFacts phase={phase} readiness={readiness} />
    </Popover>
  )
}

function useStateWords({ phase, readiness }: { phase: ShownPhase; readiness: Readiness }): string {
  const t = useTranslations()
  const { load, start } = readiness
  if (phase === 'ready') return t('pill.ready')
  if (phase === 'saturated') return t('pill.waiting', { count: load?.waitingRequests ?? 0 })
  if (phase === 'loading') {
    if (start === undefined) return t('pill.loading')
    return t('pill.loadingPercent', { percent: Math.floor(start.progress * 100) })
  }
  return t(`phases.${phase}.label`)
}

/** `Qwen/Qwen3-4B` and `/models/Qwen3-4B/` are told apart by their last part. */
function shortName(id: string | undefined): string | undefined {
  return id?.split('/').findLast((part) => part !== '')
}
