import { toBatchDefaults } from './measured-memory'
import type { KnownModel } from './model-catalogue'
import type { ModelShape, WeightFormat } from './model-shape'
import type { PlanInput } from './plan-input'
import type { VllmVersion } from './vllm-version'

export const WHY_CODES = [
  'model',
  'served-model-name',
  'max-model-len',
  'gpu-memory-utilization',
  'tensor-parallel-size',
  'kv-cache-dtype',
  'dtype',
  'quantization',
  'max-num-seqs',
  'max-num-batched-tokens',
  'enable-prompt-tokens-details',
  'enable-per-request-metrics',
  'enable-request-id-headers',
  'sse-keep-alive-interval',
  'disable-access-log-for-endpoints',
  'disable-log-requests',
  'enable-reasoning',
  'reasoning-parser',
  'host',
  'port',
] as const

export type WhyCode = (typeof WHY_CODES)[number]

/** One argument and its reason, `plan.why.<why>`; a flag without `value` stands alone. */
export type ChosenFlag = {
  /** Without dashes; `model` is the positional argument. */
  name: WhyCode
  value: string | undefined
  values: Record<string, string | number>
}

export type ServeOptions = {
  input: PlanInput
  version: VllmVersion
  port: number
  /** A path or name for the weights, where the catalogue has none or the user has another. */
  weightsPath: string | undefined
}

export const DEFAULT_PORT = 8000

/** From these minor versions on, read from the parsers of the published wheels. */
const SINCE = {
  'enable-per-request-metrics': 25,
  'sse-keep-alive-interval': 29,
  'disable-access-log-for-endpoints': 16,
  'qwen3-parser': 9,
} as const

/** Up to it every prompt stands in the log unless told otherwise. */
const LAST_THAT_LOGS_PROMPTS = 10

/** What is written where nobody has published such weights under a name that is known. */
export function toWeightsName({
  shape,
  weights,
  weightsPath,
}: {
  shape: ModelShape | KnownModel
  weights: WeightFormat
  weightsPath: string | undefined
}): { name: string; isPlaceholder: boolean; isOnline: boolean } {
  if (weightsPath !== undefined && weightsPath !== '') {
    return { name: weightsPath, isPlaceholder: false, isOnline: false }
  }
  const published = 'repositories' in shape ? shape.repositories[weights] : undefined
  if (published !== undefined) return { name: published, isPlaceholder: false, isOnline: false }
  const is16Bit = weights === 'bf16' || weights === 'fp16'
  if (is16Bit || shape.stored !== undefined) {
    return { name: shape.id, isPlaceholder: false, isOnline: false }
  }
  if (weights === 'fp8') return { name: shape.id, isPlaceholder: false, isOnline: true }
  const short = shape.id.split('/').findLast((part) => part !== '') ?? shape.id
  const suffix = weights === 'awq' ? 'AWQ' : 'GPTQ-Int4'
  return { name: `/models/${short}-${suffix}`, isPlaceholder: true, isOnline: false }
}

/** The arguments of `vllm serve` for a plan, each with its reason, for one version. */
export function chooseFlags(options: ServeOptions): ChosenFlag[] {
  return [...chooseModel(options), ...chooseMemory(options), ...chooseReporting(options)]
}

function chooseModel({ input, version, weightsPath }: ServeOptions): ChosenFlag[] {
  const { shape, weights, gpu } = input
  const { name, isOnline } = toWeightsName({ shape, weights, weightsPath })
  const flags: ChosenFlag[] = [{ name: 'model', value: name, values: { model: name } }]
  if (name !== shape.id) {
    flags.push({ name: 'served-model-name', value: shape.id, values: { model: shape.id } })
  }
  if (isOnline) flags.push({ name: 'quantization', value: 'fp8', values: {} })
  if (weights === 'fp16') {
    flags.push({ name: 'dtype', value: 'float16', values: { gpu: gpu.name } })
  }
  if (!shape.isThinking) return flags
  const hasParser = version.minor >= SINCE['qwen3-parser']
  if (!hasParser) flags.push({ name: 'enable-reasoning', value: undefined, values: {} })
  const parser = hasParser ? 'qwen3' : 'deepseek_r1'
  flags.push({ name: 'reasoning-parser', value: parser, values: { parser } })
  return flags
}

function chooseMemory({ input, version }: ServeOptions): ChosenFlag[] {
  const { maxModelLen, gpuMemoryUtilization, gpuCount, maxNumSeqs, maxNumBatchedTokens } = input
  const defaults = toBatchDefaults(input.gpu)
  const standard = version.minor >= 20 ? 0.92 : 0.9
  const flags: ChosenFlag[] = [
    {
      name: 'max-model-len',
      value: String(maxModelLen),
      values: { maxModelLen, modelMax: input.shape.maxContextTokens },
    },
    {
      name: 'gpu-memory-utilization',
      value: String(gpuMemoryUtilization),
      values: { utilization: gpuMemoryUtilization, standard },
    },
  ]
  if (gpuCount > 1) {
    flags.push({ name: 'tensor-parallel-size', value: String(gpuCount), values: { gpuCount } })
  }
  if (input.kvCacheDtype === 'fp8') {
    flags.push({ name: 'kv-cache-dtype', value: 'fp8', values: {} })
  }
  if (maxNumSeqs !== defaults.maxNumSeqs) {
    flags.push({ name: 'max-num-seqs', value: String(maxNumSeqs), values: { maxNumSeqs } })
  }
  if (maxNumBatchedTokens !== defaults.maxNumBatchedTokens) {
    flags.push({
      name: 'max-num-batched-tokens',
      value: String(maxNumBatchedTokens),
      values: { maxNumBatchedTokens },
    })
  }
  return flags
}

function chooseReporting({ version: { minor } }: ServeOptions): ChosenFlag[] {
  const plain = (name: WhyCode): ChosenFlag => ({ name, value: undefined, values: {} })
  const flags = [plain('enable-prompt-tokens-details')]
  if (minor >= SINCE['enable-per-request-metrics']) flags.push(plain('enable-per-request-metrics'))
  flags.push(plain('enable-request-id-headers'))
  if (minor >= SINCE['sse-keep-alive-interval']) {
    flags.push({ name: 'sse-keep-alive-interval', value: '15', values: { seconds: 15 } })
  }
  if (minor >= SINCE['disable-access-log-for-endpoints']) {
    const value = '/health,/metrics,/ping'
    flags.push({ name: 'disable-access-log-for-endpoints', value, values: {} })
  }
  if (minor <= LAST_THAT_LOGS_PROMPTS) flags.push(plain('disable-log-requests'))
  return flags
}

/** Where it listens is another matter in a container than on a machine. */
export function chooseAddress({ host, port }: { host: string; port: number }): ChosenFlag[] {
  return [
    { name: 'host', value: host, values: { host } },
    { name: 'port', value: String(port), values: { port } },
  ]
}

/** `['Qwen/…', '--max-model-len', '8192', …]`. */
export function toArguments(flags: readonly ChosenFlag[]): string[] {
  return flags.flatMap(({ name, value }) => {
    if (name === 'model') return [value ?? '']
    return value === undefined ? [`--${name}`] : [`--${name}`, value]
  })
}
