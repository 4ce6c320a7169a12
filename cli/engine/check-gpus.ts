import { say } from '@/cli/plan/words'
import { assessPlan } from '@/lib/planner/assess-plan'
import type { ServeOptions } from '@/lib/planner/choose-flags'
import { findGpu, type Gpu, isGpu } from '@/lib/planner/gpu-catalogue'
import type { Card } from './read-gpus'

/** `refuse`: vLLM would not start, or die of it. */
export type GpuFinding = { level: 'refuse' | 'warn'; text: string }

/** The driver and ECC keep some of what `nvidia-smi` counts: at least so much, by the catalogue's cards. */
const DRIVER_SHARE = 0.02

/** A card that is there, as the planner sees it: by its name where that is known, else by its memory. */
export function toGpu(card: Card): Gpu {
  const known = findGpu(card.name)
  // Of one name there may be cards of several sizes: the memory decides.
  if (isGpu(known) && Math.abs(known.memoryGib - card.totalGib) < 0.08 * card.totalGib) return known
  const memoryGib = Math.round(card.totalGib * (1 - DRIVER_SHARE) * 100) / 100
  return {
    name: card.name,
    memoryGib,
    memorySource: 'estimate',
    segment: 'given',
    generation: '',
    computeCapability: card.computeCapability,
    bandwidthGbPerSecond: undefined,
  }
}

const gib = (value: number) => `${value.toFixed(1)} GiB`

/** The plan against the cards that are there: their number, what they are, what is free on them. */
export function checkGpus({
  options,
  cards,
}: {
  options: ServeOptions
  cards: readonly Card[]
}): GpuFinding[] {
  const { gpuCount, gpu: planned } = options.input
  const used = cards.slice(0, gpuCount)
  const [first] = used
  if (first === undefined || used.length < gpuCount) {
    const text = `The plan is for ${gpuCount} GPU${gpuCount === 1 ? '' : 's'}, and nvidia-smi shows ${cards.length}.`
    return [{ level: 'refuse', text }]
  }
  const smallest = used.reduce((a, b) => (b.totalGib < a.totalGib ? b : a), first)
  const there = toGpu(smallest)
  const { problems } = assessPlan({ ...options.input, gpu: there })
  return [
    ...(there.memoryGib < planned.memoryGib * 0.97
      ? [
          {
            level: 'warn',
            text: `The plan is for ${planned.name} (${gib(planned.memoryGib)}); the card here is ${there.name} (${gib(there.memoryGib)}), and is what is checked.`,
          } as const,
        ]
      : []),
    ...problems
      .filter(({ level }) => level !== 'note')
      .map(({ code, level, values }): GpuFinding => {
        const text = say(`problems.${code}`, values)
        return { level: level === 'fatal' ? 'refuse' : 'warn', text }
      }),
    ...used.flatMap((card) => checkFree({ card, share: options.input.gpuMemoryUtilization })),
  ]
}

/** vLLM refuses when less than its share of the card is free. */
function checkFree({ card, share }: { card: Card; share: number }): GpuFinding[] {
  const { memoryGib } = toGpu(card)
  const wantedGib = share * memoryGib
  if (card.freeGib >= wantedGib) return []
  const possible = Math.floor((card.freeGib / memoryGib) * 100) / 100
  const text = `GPU ${card.index} (${card.name}) has ${gib(card.freeGib)} free, and --gpu-memory-utilization ${share} wants ${gib(wantedGib)}. End what holds its memory (nvidia-smi lists it), or plan with ${possible}.`
  return [{ level: 'refuse', text }]
}
