'use client'

import { useCallback, useMemo } from 'react'
import { type SearchState, useSearchState } from '@/components/providers/use-search-state'
import type { ServeOptions } from '@/lib/planner/choose-flags'
import {
  type FieldProblem,
  PLAN_FIELDS,
  type PlanFields,
  parsePlanFields,
} from '@/lib/planner/plan-fields'

export type PlanState = {
  fields: PlanFields
  /** Always whole: a field with a problem counts as empty. */
  options: ServeOptions
  problems: FieldProblem[]
  set: (changes: PlanFields) => void
}

/** What is asked for, kept in the address; an empty field takes its default and leaves the address. */
export function usePlanFields(): PlanState {
  const { params, set: setParams } = useSearchState()
  const fields = useMemo(() => readFields(params), [params])
  const set = useCallback(
    (changes: PlanFields) =>
      setParams(
        Object.fromEntries(
          Object.entries(changes).map(([name, value]) => [name, value || undefined]),
        ),
      ),
    [setParams],
  )
  const parsed = useMemo(() => parseWhole(fields), [fields])
  return { fields, set, ...parsed }
}

function readFields(params: SearchState['params']): PlanFields {
  const fields: PlanFields = {}
  for (const name of PLAN_FIELDS) {
    const value = params.get(name)
    if (value !== null && value !== '') fields[name] = value
  }
  return fields
}

function parseWhole(fields: PlanFields): Pick<PlanState, 'options' | 'problems'> {
  const parsed = parsePlanFields(fields)
  if ('value' in parsed) return { options: parsed.value, problems: [] }
  const faulty = new Set<string>(parsed.problems.map(({ field }) => field))
  const sound = Object.entries(fields).filter(([name]) => !faulty.has(name))
  const rest = parsePlanFields(Object.fromEntries(sound))
  const options = 'value' in rest ? rest.value : parseDefaults()
  return { options, problems: parsed.problems }
}

function parseDefaults(): ServeOptions {
  const parsed = parsePlanFields({})
  if ('value' in parsed) return parsed.value
  throw new Error('the defaults do not parse')
}
