'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useRichMessage } from '@/components/providers/use-rich-message'
import type { FieldProblem, PlanField, PlanFields } from '@/lib/planner/plan-fields'

export type PlanFormState = {
  fields: PlanFields
  problems: readonly FieldProblem[]
  set: (changes: PlanFields) => void
}

/** The words and the binding of one field by its name. */
export function usePlanForm({ fields, problems, set }: PlanFormState) {
  const t = useTranslations('plan')
  const rich = useRichMessage()
  const problemOf = (name: PlanField): ReactNode => {
    const problem = problems.find(({ field }) => field === name)
    return problem === undefined ? undefined : rich(`plan.inputs.${problem.code}`, problem.values)
  }
  const shell = (name: PlanField) => {
    const problem = problemOf(name)
    return { name, label: t(`fields.${name}`), ...(problem === undefined ? {} : { problem }) }
  }
  return {
    problemOf,
    /** For a number with a default. */
    text: (name: PlanField, standard: string | number) => ({
      ...shell(name),
      value: fields[name] ?? '',
      placeholder: String(standard),
      onType: (value: string) => set({ [name]: value }),
    }),
    /** For a list whose first choice is the default. */
    select: (name: PlanField, chosen: string, standard: string) => ({
      ...shell(name),
      value: chosen,
      onChoose: (value: string) => set({ [name]: value === standard ? '' : value }),
    }),
  }
}
