import { type BatchPlan, DEFAULT_BATCH_PLAN, MAX_BATCH_CONCURRENCY } from '@/lib/domain/batch'
import { isSamplingNumber, type Sampling } from '@/lib/domain/sampling'

export const SYSTEM_KINDS = ['fixed', 'own', 'none'] as const

/** The fields as they are typed. */
export type PlanTexts = {
  concurrency: string
  isAdaptive: boolean
  spacing: string
  maxTokens: string
  temperature: string
  system: (typeof SYSTEM_KINDS)[number]
  ownPrompt: string
  compareRows: string
}

export type PlanProblem = 'concurrency' | 'spacing' | 'maxTokens' | 'temperature' | 'compareRows'

export const FIRST_PLAN_TEXTS: PlanTexts = {
  concurrency: String(DEFAULT_BATCH_PLAN.concurrency),
  isAdaptive: false,
  spacing: '0',
  maxTokens: String(DEFAULT_BATCH_PLAN.sampling.maxTokens),
  temperature: '',
  system: 'fixed',
  ownPrompt: '',
  compareRows: '10',
}

const DAY_MS = 86_400_000
const MAX_COMPARE_ROWS = 1000

/** The plan of the fields, and what is wrong with them; a faulty one counts as its default. */
export function parsePlanTexts(texts: PlanTexts): {
  plan: BatchPlan
  compareRows: number
  problems: ReadonlySet<PlanProblem>
} {
  const problems = new Set<PlanProblem>()
  const count = (name: PlanProblem, options: { text: string; min: number; max: number }) => {
    const value = /^\d+$/.test(options.text.trim()) ? Number(options.text) : Number.NaN
    if (value >= options.min && value <= options.max) return value
    problems.add(name)
    return Number(FIRST_PLAN_TEXTS[name])
  }
  const { systemPrompt } = toSystem(texts)
  const plan: BatchPlan = {
    ...DEFAULT_BATCH_PLAN,
    concurrency: count('concurrency', {
      text: texts.concurrency,
      min: 1,
      max: MAX_BATCH_CONCURRENCY,
    }),
    isAdaptive: texts.isAdaptive,
    spacingMs: count('spacing', { text: texts.spacing, min: 0, max: DAY_MS }),
    sampling: toSampling({ texts, problems }),
    ...(systemPrompt === undefined ? {} : { systemPrompt }),
  }
  const compareRows = count('compareRows', {
    text: texts.compareRows,
    min: 1,
    max: MAX_COMPARE_ROWS,
  })
  return { plan, compareRows, problems }
}

function toSampling(options: { texts: PlanTexts; problems: Set<PlanProblem> }): Sampling {
  const { texts, problems } = options
  const sampling: Sampling = {}
  for (const name of ['maxTokens', 'temperature'] as const) {
    const text = texts[name].trim()
    if (text === '') continue
    const value = Number(text)
    if (isSamplingNumber({ name, value })) sampling[name] = value
    else problems.add(name)
  }
  return sampling
}

function toSystem({ system, ownPrompt }: PlanTexts): { systemPrompt?: string } {
  if (system === 'none') return { systemPrompt: '' }
  return system === 'own' && ownPrompt.trim() !== '' ? { systemPrompt: ownPrompt } : {}
}
