'use client'

import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { AppHeader } from '@/components/header/app-header'
import { BudgetBar } from '@/components/planner/budget-bar'
import { ChatsTable } from '@/components/planner/chats-table'
import { LintBox } from '@/components/planner/lint-box'
import { PlanFigures } from '@/components/planner/plan-figures'
import { PlanForm } from '@/components/planner/plan-form'
import { PlanOutputs } from '@/components/planner/plan-outputs'
import { PlanVerdict } from '@/components/planner/plan-verdict'
import { usePlanFields } from '@/components/planner/use-plan-fields'
import { PageMain } from '@/components/ui/page-main'
import { PageTitle } from '@/components/ui/page-title'
import { buildPlan } from '@/lib/planner/build-plan'

/** Form at the left, what follows from it at the right; all of it is computed in the page. */
export function PlanScreen() {
  const t = useTranslations('plan')
  const { fields, options, problems, set } = usePlanFields()
  const plan = useMemo(() => buildPlan(options.input), [options])
  return (
    <div className="flex min-h-dvh flex-col">
      <AppHeader />
      <PageMain className="max-w-[88rem]">
        <PageTitle title={t('title')} text={t('text')} back={t('back')} className="mb-4" />
        <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[20rem_minmax(0,1fr)] print:block">
          <PlanForm {...{ fields, options, problems, set }} />
          <section aria-label={t('result')} className="min-w-0 space-y-8 print:mt-6">
            <PlanVerdict plan={plan} hasProblems={problems.length > 0} set={set} />
            <BudgetBar plan={plan} />
            <div className="grid gap-x-10 gap-y-8 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
              <PlanFigures figures={plan.figures} />
              <ChatsTable chatsAtOnce={plan.chatsAtOnce} />
            </div>
            <PlanOutputs options={options} />
          </section>
        </div>
        <LintBox version={options.version} />
      </PageMain>
    </div>
  )
}
