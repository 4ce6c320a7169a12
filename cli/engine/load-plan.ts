import { readFile } from 'node:fs/promises'
import { UsageError } from '@/cli/plan/parse-arguments'
import { say } from '@/cli/plan/words'
import type { ServeOptions } from '@/lib/planner/choose-flags'
import { PLAN_FIELDS, type PlanFields, parsePlanFields } from '@/lib/planner/plan-fields'

/**
 * The fields of a plan that `npm run plan -- --json` wrote.
 * @throws {UsageError} when the file cannot be read or is another one.
 */
export async function loadPlanFile(file: string): Promise<PlanFields> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`--plan: the file ${file} cannot be read.`)
  })
  const fields = readFields(text)
  if (fields === undefined) {
    throw new UsageError(
      `--plan: ${file} is no plan. Write one with: npm run plan -- … --json > plan.json`,
    )
  }
  return fields
}

function readFields(text: string): PlanFields | undefined {
  // npm prints its own head before the output of a script unless it is told to be silent.
  const from = text.indexOf('{')
  try {
    const plan: unknown = JSON.parse(text.slice(Math.max(0, from)))
    if (typeof plan !== 'object' || plan === null || !('fields' in plan)) return undefined
    const { fields } = plan
    if (typeof fields !== 'object' || fields === null) return undefined
    const known = PLAN_FIELDS.flatMap((name): [string, string][] => {
      const value: unknown = Reflect.get(fields, name)
      return typeof value === 'string' ? [[name, value]] : []
    })
    return Object.fromEntries(known)
  } catch {
    return undefined
  }
}

/** @throws {UsageError} naming every problem of the fields. */
export function toServeOptions(fields: PlanFields): ServeOptions {
  const parsed = parsePlanFields(fields)
  if ('value' in parsed) return parsed.value
  throw new UsageError(
    parsed.problems
      .map(({ field, code, values }) => `--${field}: ${say(`inputs.${code}`, values)}`)
      .join('\n'),
  )
}
