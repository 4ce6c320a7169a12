import { isMeasured } from './measured-memory'
import type { PlanInput } from './plan-input'
import type { PlanMemory } from './plan-memory'

export const BUDGET_PARTS = [
  'weights',
  'activation',
  'non-torch',
  'kv-cache',
  'graphs',
  'serving',
  'free',
] as const

export type BudgetPart = {
  name: (typeof BUDGET_PARTS)[number]
  bytes: number
  /** Share of the card, 0–1; of all parts it is 1 unless they overflow it. */
  share: number
  /** Counted by vLLM within utilization × total. */
  isInBudget: boolean
  isEstimate: boolean
}

/**
 * The memory of one card on a first start, under load. Where the parts overflow the card, nothing is
 * free and the shares are of what they need together.
 */
export function toBudget({
  input,
  memory,
}: {
  input: PlanInput
  memory: PlanMemory
}): BudgetPart[] {
  const isKnown = isMeasured(input)
  const inBudget = {
    weights: memory.weightsBytes,
    activation: memory.activationColdBytes,
    'non-torch': memory.nonTorchBytes,
    'kv-cache': Math.max(0, memory.availableColdBytes),
  }
  const outside = {
    graphs: memory.graphBytes,
    serving: memory.servingBytes,
    free: Math.max(0, memory.freeBytes),
  }
  const bytesOf: Record<BudgetPart['name'], number> = { ...inBudget, ...outside }
  const whole = Math.max(
    memory.totalBytes,
    Object.values(bytesOf).reduce((sum, bytes) => sum + bytes, 0),
  )
  return BUDGET_PARTS.map((name) => ({
    name,
    bytes: bytesOf[name],
    share: bytesOf[name] / whole,
    isInBudget: Object.hasOwn(inBudget, name),
    isEstimate: !isKnown || name === 'serving' || name === 'free',
  }))
}
