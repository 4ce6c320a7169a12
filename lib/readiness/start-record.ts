import { START_STAGES, type StartStage } from '@/lib/domain/readiness'

/** How long a complete start took, whole and by stage: what the next one is measured against. */
export type StartRecord = {
  totalMs: number
  stages: Partial<Record<StartStage, number>>
}

export const START_RECORD_KEY = 'engine.last-start'

export function formatStartRecord(record: StartRecord): string {
  return JSON.stringify(record)
}

/** `undefined` for nothing and for anything that is no record: a setting can be as old as the database. */
export function parseStartRecord(text: string | undefined): StartRecord | undefined {
  const value = parseJson(text)
  if (!isObject(value) || !isDuration(value.totalMs) || value.totalMs === 0) return undefined
  const stages: StartRecord['stages'] = {}
  const told = isObject(value.stages) ? value.stages : {}
  for (const stage of START_STAGES) {
    const elapsedMs = told[stage]
    if (isDuration(elapsedMs)) stages[stage] = elapsedMs
  }
  return { totalMs: value.totalMs, stages }
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
