import { findSimilar, toComparable } from './find-similar'

/**
 * A card as vLLM sees it. `memorySource`: `measured` by us, `public-log` the smallest total that
 * PyTorch printed for it in public logs, `estimate` the nameplate less what the driver keeps.
 */
export type Gpu = {
  name: string
  memoryGib: number
  memorySource: 'measured' | 'public-log' | 'estimate' | 'given'
  segment: 'consumer' | 'workstation' | 'data-center' | 'given'
  generation: string
  /** CUDA compute capability, such as 8.9; undefined for AMD and where only the memory is known. */
  computeCapability: number | undefined
  bandwidthGbPerSecond: number | undefined
}

type Row = readonly [
  name: string,
  memoryGib: number,
  memorySource: 'measured' | 'public-log' | 'estimate',
  bandwidthGbPerSecond: number,
]

type Group = Pick<Gpu, 'segment' | 'generation' | 'computeCapability'> & { rows: readonly Row[] }

const GROUPS: readonly Group[] = [
  {
    segment: 'consumer',
    generation: 'Ampere',
    computeCapability: 8.6,
    rows: [
      ['RTX 3060 12GB', 11.62, 'public-log', 360],
      ['RTX 3080 10GB', 9.64, 'estimate', 760],
      ['RTX 3090', 23.56, 'public-log', 936],
    ],
  },
  {
    segment: 'consumer',
    generation: 'Ada',
    computeCapability: 8.9,
    rows: [
      ['RTX 4060', 7.62, 'estimate', 272],
      ['RTX 4060 Ti 16GB', 15.57, 'public-log', 288],
      ['RTX 4070', 11.62, 'public-log', 504],
      ['RTX 4070 Ti SUPER', 15.57, 'public-log', 672],
      ['RTX 4080', 15.57, 'public-log', 717],
    ],
  },
  {
    segment: 'consumer',
    generation: 'Blackwell',
    computeCapability: 12.0,
    rows: [
      ['RTX 5070 Ti', 15.47, 'estimate', 896],
      ['RTX 5080', 15.48, 'public-log', 960],
      ['RTX 5090', 31.34, 'public-log', 1792],
    ],
  },
  {
    segment: 'workstation',
    generation: 'Ampere',
    computeCapability: 8.6,
    rows: [
      ['RTX A2000 12GB', 11.53, 'public-log', 288],
      ['RTX A4000', 15.6, 'estimate', 448],
      ['RTX A5000', 23.5, 'estimate', 768],
      ['RTX A6000', 47.4, 'public-log', 768],
    ],
  },
  {
    segment: 'workstation',
    generation: 'Ada',
    computeCapability: 8.9,
    rows: [
      ['RTX 4000 Ada', 19.5, 'estimate', 360],
      ['RTX 6000 Ada', 47.4, 'public-log', 960],
    ],
  },
  {
    segment: 'workstation',
    generation: 'Blackwell',
    computeCapability: 12.0,
    rows: [['RTX PRO 6000 Blackwell', 94.96, 'public-log', 1792]],
  },
  {
    segment: 'data-center',
    generation: 'Turing',
    computeCapability: 7.5,
    rows: [['T4', 14.56, 'public-log', 320]],
  },
  {
    segment: 'data-center',
    generation: 'Ampere',
    computeCapability: 8.6,
    rows: [
      ['A10', 21.99, 'public-log', 600],
      ['A10G', 22.05, 'public-log', 600],
      ['A40', 44.34, 'public-log', 696],
    ],
  },
  {
    segment: 'data-center',
    generation: 'Ampere',
    computeCapability: 8.0,
    rows: [
      ['A100 40GB', 39.38, 'public-log', 1555],
      ['A100 80GB', 79.14, 'public-log', 2039],
    ],
  },
  {
    segment: 'data-center',
    generation: 'Ada',
    computeCapability: 8.9,
    rows: [
      ['L4', 22.03, 'public-log', 300],
      ['L40S', 44.39, 'public-log', 864],
    ],
  },
  {
    segment: 'data-center',
    generation: 'Hopper',
    computeCapability: 9.0,
    rows: [
      ['H100 80GB', 79.18, 'public-log', 3350],
      ['H100 NVL', 93.0, 'public-log', 3900],
      ['GH200 96GB', 94.5, 'public-log', 4000],
      ['H200', 139.8, 'measured', 4800],
    ],
  },
  {
    segment: 'data-center',
    generation: 'Blackwell',
    computeCapability: 10.0,
    rows: [['B200', 178.35, 'public-log', 8000]],
  },
  {
    segment: 'data-center',
    generation: 'CDNA 3',
    computeCapability: undefined,
    rows: [['MI300X', 191.5, 'estimate', 5300]],
  },
]

export const DEFAULT_GPU: Gpu = {
  name: 'RTX 4090',
  memoryGib: 23.52,
  memorySource: 'public-log',
  segment: 'consumer',
  generation: 'Ada',
  computeCapability: 8.9,
  bandwidthGbPerSecond: 1008,
}

const OTHERS: Gpu[] = GROUPS.flatMap(({ rows, ...group }) =>
  rows.map(([name, memoryGib, memorySource, bandwidthGbPerSecond]) => ({
    ...group,
    name,
    memoryGib,
    memorySource,
    bandwidthGbPerSecond,
  })),
)

export const GPUS: readonly Gpu[] = [...OTHERS, DEFAULT_GPU].sort(
  (a, b) => a.memoryGib - b.memoryGib,
)

const LEAST_GIB = 2
const MOST_GIB = 2048

/**
 * A card by its name (maker, spaces and case do not matter), or by plain GiB such as `24` or `23.5 GiB`.
 * What is unknown comes back as the names it may have meant.
 */
export function findGpu(text: string): Gpu | { similar: string[] } {
  const gib = /^(\d+(?:\.\d+)?)\s*(?:gib|gb|g)?$/i.exec(text.trim())?.[1]
  if (gib !== undefined) return fromGib(Number(gib))
  const wanted = toComparable(text)
  const exact = GPUS.find(({ name }) => toComparable(name) === wanted)
  if (exact !== undefined) return exact
  // `A100` is not told apart from `A100 80GB`; `RTX 3060` has one entry only.
  const starting = GPUS.filter(({ name }) => toComparable(name).startsWith(`${wanted}`))
  const sized = starting.filter(({ name }) =>
    /^\d+gb$/.test(toComparable(name).slice(wanted.length)),
  )
  if (wanted !== '' && sized.length === 1 && sized[0] !== undefined) return sized[0]
  const names = GPUS.map(({ name }) => name)
  const similar =
    starting.length > 0 ? starting.map(({ name }) => name) : findSimilar({ text, names })
  return { similar: wanted === '' ? [] : similar.slice(0, 3) }
}

function fromGib(memoryGib: number): Gpu | { similar: string[] } {
  if (memoryGib < LEAST_GIB || memoryGib > MOST_GIB) return { similar: [] }
  return {
    name: `${memoryGib} GiB`,
    memoryGib,
    memorySource: 'given',
    segment: 'given',
    generation: '',
    computeCapability: undefined,
    bandwidthGbPerSecond: undefined,
  }
}

export function isGpu(found: Gpu | { similar: string[] }): found is Gpu {
  return 'name' in found
}

/** What a card can do; a card of which only the memory is known is trusted with everything. */
export function toAbilities({ computeCapability, generation }: Gpu) {
  const capability = computeCapability ?? 9
  return {
    canBf16: capability >= 8,
    /** fp8 arithmetic; below it fp8 weights are unpacked (Marlin): they save memory, not time. */
    canFp8: capability >= 8.9,
    /** vLLM's lowest for fp8 and AWQ weights is 7.5. */
    canQuantize: capability >= 7.5,
    canFp8Kv: capability >= 8.9,
    isAmd: generation.startsWith('CDNA'),
  }
}
