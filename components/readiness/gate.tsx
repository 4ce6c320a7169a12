'use client'

import { useTranslations } from 'next-intl'
import { type ReactNode, useEffect, useState } from 'react'
import { useReadiness } from '@/components/providers/readiness-provider'
import { useRichMessage } from '@/components/providers/use-rich-message'
import { StatusDot } from '@/components/ui/status-dot'
import { type ShownPhase, selectCanSend, selectPhase } from '@/lib/client/readiness-store'
import { toPhaseDetails } from '@/lib/client/to-phase-details'
import { toPhaseTone } from '@/lib/client/to-phase-tone'
import type { Readiness } from '@/lib/domain/readiness'
import { StartFailureNotice, useFailureKey } from './start-failure-notice'
import { StartStages } from './start-stages'
import { useElapsed } from './use-elapsed'

/**
 * Why nothing can be sent yet, where the first answer would stand. It is no dialog: it takes no
 * focus and leaves by itself. Its status line stays in the page when open, so that a screen reader
 * is told of the change.
 */
export function Gate() {
  const t = useTranslations()
  const canSend = useReadiness(selectCanSend)
  const phase = useReadiness(selectPhase)
  const readiness = useReadiness((state) => state.readiness)

  return (
    <section
      aria-label={canSend ? undefined : t('gate.region')}
      data-phase={phase}
      className={canSend ? undefined : 'w-full rounded-xl border border-border px-4 py-3.5 text-sm'}
    >
      <GateStatus phase={phase} readiness={readiness} isOpen={canSend} />
      {canSend ? null : <GateBody phase={phase} readiness={readiness} />}
      {readiness.isLocal && !canSend ? <LocalNote readiness={readiness} /> : null}
    </section>
  )
}

type GatePartProps = { phase: ShownPhase; readiness: Readiness }

function GateStatus({ phase, readiness, isOpen }: GatePartProps & { isOpen: boolean }) {
  const t = useTranslations()
  const wasShut = useWasShut(isOpen)
  return (
    <div
      className={isOpen ? 'sr-only' : 'flex flex-wrap items-start justify-between gap-x-4 gap-y-2'}
    >
      <p role="status" className="min-w-0 grow basis-60 leading-6">
        {isOpen ? null : <GateSentence phase={phase} readiness={readiness} />}
        {isOpen && wasShut ? t('gate.nowOpen') : null}
      </p>
      {readiness.isDemo && !isOpen ? (
        <span className="shrink-0 rounded-full md:hidden border border-border px-2 py-0.5 text-xs text-muted-foreground">
          {t('app.demo')}
        </span>
      ) : null}
    </div>
  )
}

function GateSentence({ phase, readiness }: GatePartProps) {
  const t = useTranslations()
  const failure = shownFailure({ phase, readiness })
  return (
    <>
      <span className="flex items-center gap-2.5 font-medium">
        <StatusDot tone={failure === undefined ? toPhaseTone(phase) : 'fault'} />
        {failure === undefined ? t(`phases.${phase}.label`) : t(toFailureTitle(failure))}
      </span>{' '}
      <span className="block text-[0.8125rem] text-muted-foreground">
        {failure === undefined ? (
          <PhaseText phase={phase} readiness={readiness} part="sentence" />
        ) : (
          <FailureSentence failure={failure} />
        )}
      </span>
    </>
  )
}

function GateBody({ phase, readiness }: GatePartProps) {
  const { start, isLocal } = readiness
  const failure = shownFailure({ phase, readiness })
  if (failure !== undefined) {
    return (
      <>
        <StartFailureNotice failure={failure} isLocal={isLocal} />
        {isLocal ? null : <PhaseClock readiness={readiness} phase={phase} />}
      </>
    )
  }
  const isStarting = phase === 'loading' || phase === 'warming'
  if (start !== undefined && isStarting) {
    return (
      <>
        <StartStages start={start} isWarming={phase === 'warming'} isLocal={isLocal} />
        {readiness.failure === undefined ? null : <LastTryNote failure={readiness.failure} />}
      </>
    )
  }
  return (
    <div className="mt-2 space-y-2 text-[0.8125rem] leading-6">
      <p>
        <PhaseText phase={phase} readiness={readiness} part="remedy" />
      </p>
      <PhaseClock readiness={readiness} phase={phase} />
      <LogHint phase={phase} log={readiness.log} />
    </div>
  )
}

function PhaseText({ phase, readiness, part }: GatePartProps & { part: 'sentence' | 'remedy' }) {
  const rich = useRichMessage()
  return rich(`phases.${phase}.${part}`, toPhaseDetails(readiness))
}

function FailureSentence({ failure }: { failure: NonNullable<Readiness['failure']> }) {
  const rich = useRichMessage()
  const key = useFailureKey(failure)
  return rich(`failures.${key}.sentence`, failure.details)
}

/** What this engine is, and the way to one's own. */
function LocalNote({ readiness }: { readiness: Readiness }) {
  const rich = useRichMessage()
  return (
    <p
      className="mt-3 border-t border-border pt-2.5 text-xs leading-5 text-muted-foreground"
      data-local-engine
    >
      {rich('gate.local', readiness.details)} {rich('gate.localTaste')}
    </p>
  )
}

/** The present try may end as the one before it did. */
function LastTryNote({ failure }: { failure: NonNullable<Readiness['failure']> }) {
  const t = useTranslations('gate')
  return (
    <p className="mt-3 text-xs leading-5 text-warning">
      {t('lastTry')} <FailureSentence failure={failure} />
    </p>
  )
}

function isAppLost(phase: ShownPhase): boolean {
  return phase === 'app-unreachable' || phase === 'offline'
}

function PhaseClock({ phase, readiness }: GatePartProps) {
  const t = useTranslations('gate')
  const elapsed = useElapsed({
    clock: isAppLost(phase) ? 'lostAtMs' : 'phaseStartedAtMs',
    fallbackMs: readiness.phaseElapsedMs,
  })
  return (
    <p className="mt-2 text-xs text-muted-foreground tabular-nums">
      {t('forElapsed', { elapsed })}
    </p>
  )
}

const HINTS = { off: 'gate.logOff', missing: 'gate.logMissing', unreadable: 'gate.logUnreadable' }
const WITH_LOG_HINT: readonly ShownPhase[] = [
  'unreachable',
  'loading',
  'dead',
  'stalled',
  'timeout',
]

function LogHint({ phase, log }: { phase: ShownPhase; log: Readiness['log'] }): ReactNode {
  const rich = useRichMessage()
  if (log === 'following' || !WITH_LOG_HINT.includes(phase)) return null
  return <p className="text-xs leading-5 text-muted-foreground">{rich(HINTS[log])}</p>
}

/**
 * A fatal line explains an engine that is not there; when our own server is gone it explains
 * nothing. The local engine is tried again, and then what it does stands before what it did.
 */
function shownFailure({ phase, readiness }: GatePartProps): Readiness['failure'] {
  const { isLocal, start, failure } = readiness
  const isTriedAgain = isLocal && start !== undefined
  return isAppLost(phase) || isTriedAgain ? undefined : failure
}

function toFailureTitle({ code }: NonNullable<Readiness['failure']>) {
  return code === 'local-crashed' ? 'gate.crashTitle' : 'gate.failureTitle'
}

function useWasShut(isOpen: boolean): boolean {
  const [wasShut, setWasShut] = useState(false)
  useEffect(() => {
    if (!isOpen) setWasShut(true)
  }, [isOpen])
  return wasShut
}
