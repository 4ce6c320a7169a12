'use client'

import { CircleAlertIcon, CircleCheckIcon, CircleXIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useRichMessage } from '@/components/providers/use-rich-message'
import { Button } from '@/components/ui/button'
import type { Plan } from '@/lib/planner/build-plan'
import type { Change, Cure } from '@/lib/planner/find-cures'
import type { PlanFields } from '@/lib/planner/plan-fields'
import { cn } from '@/lib/utils'

const LOOKS = {
  fits: { Icon: CircleCheckIcon, className: 'text-success' },
  tight: { Icon: CircleAlertIcon, className: 'text-warning' },
  'does-not-fit': { Icon: CircleXIcon, className: 'text-danger' },
} as const

const LEVELS = {
  fatal: 'text-danger',
  tight: 'text-warning',
  note: 'text-muted-foreground',
} as const

/** Whether it fits, why not, and the cheapest change that makes it fit. */
export function PlanVerdict({
  plan,
  hasProblems,
  set,
}: {
  plan: Plan
  hasProblems: boolean
  set: (changes: PlanFields) => void
}) {
  const t = useTranslations('plan')
  const rich = useRichMessage()
  const { Icon, className } = LOOKS[plan.verdict]
  return (
    <div className="rounded-xl border border-border p-4" data-verdict={plan.verdict}>
      <p className="flex items-center gap-2" role="status">
        <Icon aria-hidden="true" className={cn('size-5 shrink-0', className)} />
        <span className="font-semibold">{t(`verdicts.${plan.verdict}.label`)}</span>
        <span className="text-[0.8125rem] text-muted-foreground">
          {t(`verdicts.${plan.verdict}.text`)}
        </span>
      </p>
      {hasProblems ? <p className="mt-2 text-xs text-danger">{t('invalid')}</p> : null}
      {plan.problems.length === 0 ? null : (
        <ul className="mt-3 space-y-1.5 text-[0.8125rem] leading-5">
          {plan.problems.map(({ code, level, values }) => (
            <li key={code} data-problem={code} className="flex gap-2">
              <span aria-hidden="true" className={LEVELS[level]}>
                ●
              </span>
              <span>{rich(`plan.problems.${code}`, values)}</span>
            </li>
          ))}
        </ul>
      )}
      <Cures plan={plan} set={set} />
    </div>
  )
}

function Cures({ plan, set }: { plan: Plan; set: (changes: PlanFields) => void }) {
  const t = useTranslations('plan')
  const { cures, verdict } = plan
  const [cheapest] = cures
  if (verdict === 'fits') return null
  if (cheapest === undefined) {
    return <p className="mt-3 text-[0.8125rem] text-muted-foreground">{t('noCure')}</p>
  }
  return (
    <div className="mt-4 border-t border-border pt-3">
      <h2 className="text-[0.8125rem] font-medium">
        {t(cheapest.verdict === 'fits' ? 'cures' : 'curesTight')}
      </h2>
      <ol className="mt-2 space-y-2 text-[0.8125rem] leading-6">
        {cures.map((cure) => (
          <CureItem key={JSON.stringify(cure.changes)} cure={cure} set={set} />
        ))}
      </ol>
    </div>
  )
}

function CureItem({ cure, set }: { cure: Cure; set: (changes: PlanFields) => void }) {
  const t = useTranslations('plan')
  const rich = useRichMessage()
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span>
        {cure.changes.map(({ kind, value }, index) => (
          <span key={kind}>
            {index === 0 ? null : ' + '}
            {rich(`plan.changes.${kind}`, { value: toShownValue({ kind, value }) })}
          </span>
        ))}
      </span>
      <Button size="small" className="print:hidden" onClick={() => set(toFields(cure.changes))}>
        {t('apply')}
      </Button>
    </li>
  )
}

function toShownValue({ kind, value }: { kind: Change['kind']; value: string | number }): string {
  return kind === 'weights' ? String(value).toUpperCase() : String(value)
}

const FIELD_OF = {
  'max-model-len': 'max-model-len',
  'kv-cache-dtype': 'kv-cache-dtype',
  weights: 'weights',
  utilization: 'gpu-memory-utilization',
  'max-num-batched-tokens': 'max-num-batched-tokens',
  'gpu-count': 'gpus',
  gpu: 'gpu',
} as const satisfies Record<Change['kind'], keyof PlanFields>

/** A larger card takes the share that suits it. */
function toFields(changes: readonly Change[]): PlanFields {
  const fields: PlanFields = {}
  for (const { kind, value } of changes) {
    fields[FIELD_OF[kind]] = String(value)
    if (kind === 'gpu') fields['gpu-memory-utilization'] = ''
  }
  return fields
}
