import { assessPlan, type Problem, type Verdict, type WorkloadNeed } from './assess-plan'
import { type Cure, findCures } from './find-cures'
import type { PlanInput } from './plan-input'
import { type PlanMemory, toBlockTokens } from './plan-memory'
import { type BudgetPart, toBudget } from './to-budget'
import { type Figure, toFigures } from './to-figures'

/** The lengths at which chats are counted. */
const CHAT_LENGTHS = [4096, 8192, 16_384, 32_768, 262_144] as const

export type ChatsAtOnce = {
  contextTokens: number
  /** Whole conversations of that length that the cache holds at once on a first start. */
  chats: number
  /** Longer than `--max-model-len` allows, or than the model knows. */
  isAllowed: boolean
}

export type Plan = {
  input: PlanInput
  verdict: Verdict
  problems: Problem[]
  /** Cheapest first; empty when it fits. */
  cures: Cure[]
  memory: PlanMemory
  need: WorkloadNeed
  figures: Figure[]
  budget: BudgetPart[]
  chatsAtOnce: ChatsAtOnce[]
}

/** Everything the page, the command line and the launcher show of a plan. */
export function buildPlan(input: PlanInput): Plan {
  const { memory, need, problems, verdict } = assessPlan(input)
  return {
    input,
    verdict,
    problems,
    cures: findCures(input),
    memory,
    need,
    figures: toFigures({ input, memory, need }),
    budget: toBudget({ input, memory }),
    chatsAtOnce: CHAT_LENGTHS.map((contextTokens) => ({
      contextTokens,
      chats: Math.floor(memory.kvTokensCold / toBlockTokens(contextTokens)),
      isAllowed: contextTokens <= input.maxModelLen,
    })),
  }
}
