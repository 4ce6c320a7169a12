import { START_STAGES, type StartProgress, type StartStage } from '@/lib/domain/readiness'

/** `warming` is our own last step, after the engine's. */
export type RowName = Exclude<StartStage, 'started'> | 'warming'

export type StageRow = {
  name: RowName
  state: 'done' | 'skipped' | 'current' | 'next'
  elapsedMs?: number
}

/** Our own last step takes the place of the engine's `started`. */
const ENGINE_ROWS = START_STAGES.filter((stage) => stage !== 'started')
const ROWS: readonly RowName[] = [...ENGINE_ROWS, 'warming']

/** All rows from the beginning, so that the list keeps its height while the start goes on. */
export function toStageRows({
  start,
  isWarming,
}: {
  start: Pick<StartProgress, 'stage' | 'stages'>
  isWarming: boolean
}): StageRow[] {
  const current = isWarming ? ROWS.length - 1 : START_STAGES.indexOf(start.stage)
  return ROWS.map((name, index) => {
    const passed = start.stages.filter(({ stage }) => stage === name)
    const time = passed.length === 0 ? {} : { elapsedMs: sumOf(passed) }
    if (index === current) return { name, state: 'current', ...time }
    if (passed.length > 0) return { name, state: 'done', ...time }
    return { name, state: index < current ? 'skipped' : 'next' }
  })
}

/** vLLM may come back to a stage: profiling for the cache runs between two compilations. */
function sumOf(passed: StartProgress['stages']): number {
  return passed.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0)
}
