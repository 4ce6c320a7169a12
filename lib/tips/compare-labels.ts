import {
  isDisturbed,
  isHigherBetter,
  type LabelComparison,
  type TipsComparison,
  type TipsEngine,
  type TipsRecord,
  type TipsSeries,
} from '@/lib/domain/tips'
import { compareSamples } from './compare-samples'

const FACTS: readonly (keyof TipsEngine)[] = [
  'model',
  'version',
  'maxModelLen',
  'blockSizeTokens',
  'kvCacheTokens',
  'kvCacheDtype',
  'isPrefixCachingEnabled',
  'gpuMemoryFraction',
]

type Condition = Pick<TipsSeries, 'measurement' | 'at' | 'figure'>

/** Every figure that both labels have, of all their runs together; `undefined` where one label has no run. */
export function compareLabels({
  records,
  before,
  after,
}: {
  records: readonly TipsRecord[]
  before: string
  after: string
}): LabelComparison | undefined {
  const old = withLabel({ records, label: before })
  const fresh = withLabel({ records, label: after })
  const [oldest, newest] = [old.at(-1), fresh.at(-1)]
  if (oldest === undefined || newest === undefined) return undefined
  const pooled = poolSeries(fresh)
  const rows = poolSeries(old).flatMap((series): TipsComparison[] => {
    const other = pooled.find((each) => toKey(each) === toKey(series))
    if (other === undefined) return []
    const { measurement, at, figure } = series
    const compared = compareSamples({
      before: series.values,
      after: other.values,
      isHigherBetter: isHigherBetter(figure),
    })
    return [{ measurement, at, figure, ...compared }]
  })
  const changes = listChanges({ before: oldest.engine, after: newest.engine })
  const disturbedRuns = [...old, ...fresh].filter(isDisturbed).length
  return { before, after, rows, changes, disturbedRuns }
}

/** The values of the same figure under the same condition, of all runs. */
function poolSeries(records: readonly TipsRecord[]): TipsSeries[] {
  const pooled = new Map<string, TipsSeries>()
  for (const series of records.flatMap((record) => record.series)) {
    const known = pooled.get(toKey(series))
    const values = [...(known?.values ?? []), ...series.values]
    pooled.set(toKey(series), { ...series, values })
  }
  return [...pooled.values()]
}

function withLabel({
  records,
  label,
}: {
  records: readonly TipsRecord[]
  label: string
}): TipsRecord[] {
  return records
    .filter((record) => record.label === label)
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs)
}

function toKey({ measurement, at, figure }: Condition): string {
  return `${measurement} ${at} ${figure}`
}

function listChanges({
  before,
  after,
}: {
  before: TipsEngine
  after: TipsEngine
}): LabelComparison['changes'] {
  return FACTS.flatMap((name) => {
    if (before[name] === after[name]) return []
    return [
      {
        name,
        ...(before[name] === undefined ? {} : { before: String(before[name]) }),
        ...(after[name] === undefined ? {} : { after: String(after[name]) }),
      },
    ]
  })
}
