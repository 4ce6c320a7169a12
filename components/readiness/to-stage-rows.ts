import { START_STAGES, type StartProgress, type StartStage } from '@/lib/domain/readiness'

/** `warming` is our own last step, after the engine's. */
export type RowName = Exclude<StartStage, 'started'> | 'warming'

export type StageRow = {
  name: RowName
  state: 'done' | 'skipped' | 'current' | 'next'
  elapsedMs?: number
}

const LOCAL_STAGES: readonly StartStage[] = ['starting', 'installing', 'downloading', 'weights']

/** Our own last step takes the place of the engine's `started`. */
const LOCAL_ROWS: readonly RowName[] = toRows((stage) => LOCAL_STAGES.includes(stage))
const VLLM_ROWS: readonly RowName[] = toRows((stage) => stage !== 'installing')

/** All rows from the beginning, so that the list keeps its height while the start goes on. */
export function toStageRows({
  start,
  isWarming,
  isLocal = false,
}: {
  start: Pick<StartProgress, 'stage' | 'stages'>
  isWarming: boolean
  /** The local engine has fewer stages, and one of its own. */
  isLocal?: boolean
}): StageRow[] {
  const rows = isLocal ? LOCAL_ROWS : VLLM_ROWS
  const current = rows.indexOf(isWarming || start.stage === 'started' ? 'warming' : start.stage)
  return rows.map((name, index) => {
    const passed = start.stages.filter(({ stage }) => stage === name)
    const time = passed.length === 0 ? {} : { elapsedMs: sumOf(passed) }
    if (index === current) return { name, state: 'current', ...time }
    if (passed.length > 0) return { name, state: 'done', ...time }
    return { name, state: index < current ? 'skipped' : 'next' }
  })
}

function toRows(isShown: (stage: StartStage) => boolean): RowName[] {
  const stages = START_STAGES.filter((stage) => stage !== 'started')
  return [...stages.filter(isShown), 'warming']
}

/** vLLM may come back to a stage: profiling for the cache runs between two compilations. */
function sumOf(passed: StartProgress['stages']): number {
  return passed.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0)
}
