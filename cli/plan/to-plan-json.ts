import { buildOutput, OUTPUT_NAMES } from '@/lib/planner/build-outputs'
import type { Plan } from '@/lib/planner/build-plan'
import { chooseFlags, type ServeOptions } from '@/lib/planner/choose-flags'
import type { PlanFields } from '@/lib/planner/plan-fields'
import { say } from './words'

/** Everything of a plan, each figure under a name with its unit. */
export function toPlanJson({
  plan,
  options,
  fields,
}: {
  plan: Plan
  options: ServeOptions
  fields: PlanFields
}): object {
  const { input } = plan
  return {
    // As given: what `npm run engine -- start --plan` reads again.
    fields,
    verdict: plan.verdict,
    problems: plan.problems.map(({ code, level, values }) => ({
      code,
      level,
      text: say(`problems.${code}`, values),
      values,
    })),
    cures: plan.cures.map(({ changes, verdict }) => ({ changes, verdict })),
    input: {
      model: input.shape.id,
      modelMaxContextTokens: input.shape.maxContextTokens,
      gpu: input.gpu.name,
      gpuMemoryGib: input.gpu.memoryGib,
      gpuMemorySource: input.gpu.memorySource,
      gpuCount: input.gpuCount,
      weights: input.weights,
      groupSizeWeights: input.groupSize,
      maxModelLenTokens: input.maxModelLen,
      gpuMemoryUtilizationFraction: input.gpuMemoryUtilization,
      kvCacheDtype: input.kvCacheDtype,
      maxNumSeqsRequests: input.maxNumSeqs,
      maxNumBatchedTokens: input.maxNumBatchedTokens,
      workload: input.workload,
      vllmVersion: options.version.text,
    },
    figures: Object.fromEntries(plan.figures.map(({ name, value }) => [name, value])),
    explanations: plan.figures.map(({ name, unit, values, source, isEstimate }) => ({
      name,
      unit,
      formula: say(`figures.${name}.formula`, values),
      source: say(`sources.${source}`),
      isEstimate,
    })),
    chatsAtOnce: plan.chatsAtOnce,
    budget: plan.budget.map(({ name, bytes, share, isInBudget, isEstimate }) => ({
      name,
      bytes,
      shareFraction: share,
      isInBudget,
      isEstimate,
    })),
    flags: chooseFlags(options).map(({ name, value, values }) => ({
      flag: name === 'model' ? name : `--${name}`,
      ...(value === undefined ? {} : { value }),
      why: say(`why.${name}`, values),
    })),
    outputs: Object.fromEntries(OUTPUT_NAMES.map((name) => [name, buildOutput({ name, options })])),
  }
}
