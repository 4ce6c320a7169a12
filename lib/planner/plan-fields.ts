import { DEFAULT_PORT, type ServeOptions } from './choose-flags'
import { findSimilar, toComparable } from './find-similar'
import { DEFAULT_GPU, findGpu, type Gpu, isGpu } from './gpu-catalogue'
import { type InputProblem, isProblem, type Parsed } from './input-problem'
import { readInteger } from './lint-finding'
import { toBatchDefaults, toSafeUtilization } from './measured-memory'
import { DEFAULT_MODEL, KNOWN_MODELS } from './model-catalogue'
import { KV_CACHE_DTYPES, type ModelShape, WEIGHT_FORMATS, type WeightFormat } from './model-shape'
import { parseModelConfig } from './parse-model-config'
import { DEFAULT_GROUP_SIZE, DEFAULT_MAX_MODEL_LEN, DEFAULT_WORKLOAD } from './plan-input'
import { NEWEST_VERSION, parseVllmVersion } from './vllm-version'

/** What a plan is asked with: the names of the address, and of the command line's flags. */
export const PLAN_FIELDS = [
  'model',
  'config',
  'gpu',
  'gpus',
  'weights',
  'group-size',
  'max-model-len',
  'gpu-memory-utilization',
  'kv-cache-dtype',
  'max-num-seqs',
  'max-num-batched-tokens',
  'vllm',
  'users',
  'prompt-tokens',
  'answer-tokens',
  'turns',
  'port',
  'weights-path',
] as const

export type PlanField = (typeof PLAN_FIELDS)[number]

/** As typed; what is missing or empty takes its default. */
export type PlanFields = Partial<Record<PlanField, string>>

export type FieldProblem = InputProblem & { field: PlanField }

/** Reads every field, and gives every problem at once rather than the first. */
export function parsePlanFields(
  fields: PlanFields,
): { value: ServeOptions } | { problems: FieldProblem[] } {
  const problems: FieldProblem[] = []
  const read = <T>(field: PlanField, parsed: Parsed<T>, fallback: T): T => {
    if (!isProblem(parsed)) return parsed.value
    problems.push({ ...parsed.problem, field })
    return fallback
  }
  const number = (field: PlanField, range: Omit<NumberRange, 'text'>) =>
    read(field, parseNumber({ text: fields[field], ...range }), range.standard)

  const shape = read(fields.config ? 'config' : 'model', parseShape(fields), DEFAULT_MODEL)
  const gpu = read('gpu', parseGpu(fields.gpu), DEFAULT_GPU)
  const batch = toBatchDefaults(gpu)
  const maxNumSeqs = number('max-num-seqs', { standard: batch.maxNumSeqs, most: 65_536 })
  const standardLength = Math.min(DEFAULT_MAX_MODEL_LEN, shape.maxContextTokens)
  const value: ServeOptions = {
    input: {
      shape,
      weights: read('weights', parseWeights({ text: fields.weights, shape }), 'bf16'),
      groupSize: number('group-size', {
        standard: shape.stored?.groupSize ?? DEFAULT_GROUP_SIZE,
        least: 8,
        most: 4096,
      }),
      gpu,
      gpuCount: number('gpus', { standard: 1, most: 64 }),
      maxModelLen: number('max-model-len', { standard: standardLength, most: 100_000_000 }),
      gpuMemoryUtilization: number('gpu-memory-utilization', {
        standard: toSafeUtilization({ gpu, maxNumSeqs }),
        least: 0.01,
        most: 1,
        isWhole: false,
      }),
      kvCacheDtype: read('kv-cache-dtype', parseKvCacheDtype(fields['kv-cache-dtype']), 'auto'),
      maxNumSeqs,
      maxNumBatchedTokens: number('max-num-batched-tokens', {
        standard: batch.maxNumBatchedTokens,
        most: 10_000_000,
      }),
      workload: {
        users: number('users', { standard: DEFAULT_WORKLOAD.users, most: 1_000_000 }),
        promptTokens: number('prompt-tokens', {
          standard: DEFAULT_WORKLOAD.promptTokens,
          most: 10_000_000,
        }),
        answerTokens: number('answer-tokens', {
          standard: DEFAULT_WORKLOAD.answerTokens,
          most: 10_000_000,
        }),
        turns: number('turns', { standard: DEFAULT_WORKLOAD.turns, most: 10_000 }),
      },
    },
    version: read('vllm', parseVllmVersion(fields.vllm ?? ''), NEWEST_VERSION),
    port: number('port', { standard: DEFAULT_PORT, least: 1024, most: 65_535 }),
    weightsPath: fields['weights-path'] || undefined,
  }
  return problems.length > 0 ? { problems } : { value }
}

function toProblem(
  code: InputProblem['code'],
  values: InputProblem['values'],
): { problem: InputProblem } {
  return { problem: { code, values } }
}

function parseShape({ model, config }: PlanFields): Parsed<ModelShape> {
  if (config) return parseModelConfig({ text: config, name: model || 'model' })
  if (!model) return { value: DEFAULT_MODEL }
  const wanted = toComparable(model.split('/').at(-1) ?? '')
  const found = KNOWN_MODELS.find(({ id }) => toComparable(id.split('/').at(-1) ?? '') === wanted)
  if (found !== undefined) return { value: found }
  const names = KNOWN_MODELS.map(({ id }) => id)
  return toProblem('model-unknown', toGuess({ text: model, names }))
}

function toGuess({ text, names }: { text: string; names: readonly string[] }) {
  const similar = findSimilar({ text, names })
  return { text, ...(similar.length === 0 ? {} : { similar: similar.join(', ') }) }
}

function parseGpu(text: string | undefined): Parsed<Gpu> {
  if (!text) return { value: DEFAULT_GPU }
  const found = findGpu(text)
  if (isGpu(found)) return { value: found }
  const { similar } = found
  return toProblem('gpu-unknown', {
    text,
    ...(similar.length === 0 ? {} : { similar: similar.join(', ') }),
  })
}

function parseWeights({
  text,
  shape,
}: {
  text: string | undefined
  shape: ModelShape
}): Parsed<WeightFormat> {
  const stored = WEIGHT_FORMATS.find((format) => format === shape.stored?.method)
  if (!text) return { value: stored ?? 'bf16' }
  const found = WEIGHT_FORMATS.find((format) => format === text.toLowerCase())
  if (found !== undefined) return { value: found }
  return toProblem('weights-unknown', {
    ...toGuess({ text, names: WEIGHT_FORMATS }),
    known: WEIGHT_FORMATS.join(', '),
  })
}

function parseKvCacheDtype(text: string | undefined): Parsed<(typeof KV_CACHE_DTYPES)[number]> {
  if (!text) return { value: 'auto' }
  const found = KV_CACHE_DTYPES.find((dtype) => dtype === text.toLowerCase())
  if (found !== undefined) return { value: found }
  return toProblem('kv-cache-dtype-unknown', { text, known: KV_CACHE_DTYPES.join(', ') })
}

type NumberRange = {
  text: string | undefined
  standard: number
  least?: number
  most: number
  isWhole?: boolean
}

function parseNumber(options: NumberRange): Parsed<number> {
  const { text, standard, least = 1, most, isWhole = true } = options
  if (!text) return { value: standard }
  const value = isWhole ? readInteger(text) : toFraction(text)
  if (value !== undefined && value >= least && value <= most) return { value }
  return toProblem('number-invalid', { text, least, most })
}

function toFraction(text: string): number | undefined {
  return /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : undefined
}
