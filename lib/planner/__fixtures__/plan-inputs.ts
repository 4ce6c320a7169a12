import { findGpu, isGpu } from '../gpu-catalogue'
import { toBatchDefaults } from '../measured-memory'
import { DEFAULT_MODEL } from '../model-catalogue'
import { DEFAULT_GROUP_SIZE, DEFAULT_WORKLOAD, type PlanInput } from '../plan-input'
import type { Gpu } from '../gpu-catalogue'

export function gpuNamed(name: string): Gpu {
  const found = findGpu(name)
  if (!isGpu(found)) throw new Error(`no card ${name}`)
  return found
}

/** The default model on a 24 GB card with room for its workload. */
export function inputOf(more: Partial<PlanInput> = {}): PlanInput {
  const gpu = more.gpu ?? gpuNamed('RTX 4090')
  return {
    shape: DEFAULT_MODEL,
    weights: 'bf16',
    groupSize: DEFAULT_GROUP_SIZE,
    gpu,
    gpuCount: 1,
    maxModelLen: 16_384,
    gpuMemoryUtilization: 0.88,
    kvCacheDtype: 'auto',
    ...toBatchDefaults(gpu),
    workload: DEFAULT_WORKLOAD,
    ...more,
  }
}
