import type { ServeOptions } from '../choose-flags'
import { GPUS } from '../gpu-catalogue'
import { toBatchDefaults } from '../measured-memory'
import { DEFAULT_MODEL, KNOWN_MODELS } from '../model-catalogue'
import { KV_CACHE_DTYPES, WEIGHT_FORMATS } from '../model-shape'
import { DEFAULT_WORKLOAD, GPU_COUNTS } from '../plan-input'
import { parseVllmVersion } from '../vllm-version'

const VERSIONS = Array.from({ length: 25 }, (_, index) => `0.${index + 8}`)

/** Every version, weight format, cache dtype, count and model at least once with each other; cards in turn. */
/** Of which nobody has published other weights. */
const { repositories: _, ...OWN_MODEL } = { ...DEFAULT_MODEL, id: 'me/own-model' }

export function buildServeGrid(): ServeOptions[] {
  let turn = 0
  return VERSIONS.flatMap((text) =>
    [...KNOWN_MODELS, OWN_MODEL].flatMap((shape) =>
      WEIGHT_FORMATS.flatMap((weights) =>
        KV_CACHE_DTYPES.flatMap((kvCacheDtype) =>
          GPU_COUNTS.map((gpuCount): ServeOptions => {
            turn += 1
            const gpu = GPUS[turn % GPUS.length] ?? GPUS[0]
            if (gpu === undefined) throw new Error('no cards')
            const version = parseVllmVersion(text)
            if (!('value' in version)) throw new Error(text)
            const batch = turn % 3 === 0 ? { maxNumSeqs: 64, maxNumBatchedTokens: 4096 } : {}
            return {
              input: {
                shape,
                weights,
                groupSize: 128,
                gpu,
                gpuCount,
                maxModelLen: [4096, 16_384, 40_960][turn % 3] ?? 4096,
                gpuMemoryUtilization: [0.8, 0.88, 0.92][turn % 3] ?? 0.9,
                kvCacheDtype,
                ...toBatchDefaults(gpu),
                ...batch,
                workload: DEFAULT_WORKLOAD,
              },
              version: version.value,
              port: 8000,
              weightsPath: turn % 7 === 0 ? "/data/it's mine/weights" : undefined,
            }
          }),
        ),
      ),
    ),
  )
}
