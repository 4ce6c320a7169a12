import type { InputProblem, Parsed } from './input-problem'
import type { Experts, ModelShape, StoredQuantization } from './model-shape'

type Fields = Record<string, unknown>

/** Attention that keeps something else than keys and values of every token. */
const OTHER_CACHES = [
  'kv_lora_rank',
  'mamba_d_state',
  'ssm_state_size',
  'linear_num_key_heads',
  'state_size',
]

const METHODS: Record<string, string> = {
  awq: 'awq',
  gptq: 'gptq',
  fp8: 'fp8',
  'compressed-tensors': 'compressed-tensors',
}

/** Thrown within this file only, to leave the reading at its first fault. */
class Fault extends Error {
  readonly problem: InputProblem
  constructor(problem: InputProblem) {
    super(problem.code)
    this.problem = problem
  }
}

function fail(code: InputProblem['code'], values: InputProblem['values'] = {}): never {
  throw new Fault({ code, values })
}

/**
 * The text of a Hugging Face `config.json`. Of a model that also sees or hears, its language part is
 * read; its other parts are not in the sums. `name` stands where the file names no model itself.
 */
export function parseModelConfig({
  text,
  name,
}: {
  text: string
  name: string
}): Parsed<ModelShape> {
  try {
    return { value: readShape({ config: parseObject(text), name }) }
  } catch (error) {
    if (error instanceof Fault) return { problem: error.problem }
    throw error
  }
}

function parseObject(text: string): Fields {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    fail('config-not-json')
  }
  if (!isFields(parsed)) fail('config-not-object')
  return parsed
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readShape({ config, name }: { config: Fields; name: string }): ModelShape {
  const text = isFields(config.text_config) ? config.text_config : config
  refuseUnknownAttention(text)
  const attentionHeads = readCount({ fields: text, field: 'num_attention_heads' })
  const hiddenSize = readCount({ fields: text, field: 'hidden_size' })
  const layers = readCount({ fields: text, field: 'num_hidden_layers' })
  return {
    id:
      typeof config._name_or_path === 'string' && config._name_or_path !== ''
        ? config._name_or_path
        : name,
    layers,
    attentionHeads,
    kvHeads: readCount({ fields: text, field: 'num_key_value_heads', fallback: attentionHeads }),
    headDim: readCount({
      fields: text,
      field: 'head_dim',
      fallback: Math.floor(hiddenSize / attentionHeads),
    }),
    hiddenSize,
    feedForwardSize: readCount({
      fields: text,
      field: 'intermediate_size',
      fallback: hiddenSize * 4,
    }),
    vocabSize: readCount({ fields: text, field: 'vocab_size' }),
    isTied: (text.tie_word_embeddings ?? config.tie_word_embeddings) === true,
    maxContextTokens: readCount({ fields: text, field: 'max_position_embeddings' }),
    experts: readExperts({ text, layers }),
    isThinking: false,
    stored: readQuantization(config.quantization_config ?? text.quantization_config),
  }
}

function refuseUnknownAttention(text: Fields): void {
  const field = OTHER_CACHES.find((candidate) => typeof text[candidate] === 'number')
  if (field !== undefined) fail('config-attention-unsupported', { field })
  const kinds = Array.isArray(text.layer_types) ? text.layer_types : []
  const other = kinds.find((kind) => typeof kind === 'string' && !/full|sliding|chunked/.test(kind))
  if (typeof other === 'string') fail('config-attention-unsupported', { field: other })
  if (text.is_encoder_decoder === true) {
    fail('config-architecture-unsupported', { field: 'is_encoder_decoder' })
  }
}

function readCount(options: { fields: Fields; field: string; fallback?: number }): number {
  const { fields, field, fallback } = options
  const value = fields[field]
  if (value === undefined || value === null) {
    return fallback ?? fail('config-field-missing', { field })
  }
  if (typeof value !== 'number' || !Number.isInteger(value) || value <= 0) {
    fail('config-field-invalid', { field, value: JSON.stringify(value).slice(0, 40) })
  }
  return value
}

function readExperts({ text, layers }: { text: Fields; layers: number }): Experts | undefined {
  const named = ['num_experts', 'num_local_experts', 'n_routed_experts'].find(
    (field) => typeof text[field] === 'number' && text[field] !== 0,
  )
  if (named === undefined) return undefined
  const dense = Array.isArray(text.mlp_only_layers) ? text.mlp_only_layers.length : 0
  const step = readCount({ fields: text, field: 'decoder_sparse_step', fallback: 1 })
  const shared = text.shared_expert_intermediate_size
  return {
    count: readCount({ fields: text, field: named }),
    feedForwardSize: readCount({
      fields: text,
      field: 'moe_intermediate_size',
      fallback: readCount({ fields: text, field: 'intermediate_size' }),
    }),
    layers: Math.max(0, Math.floor(layers / step) - dense),
    sharedFeedForwardSize: typeof shared === 'number' && shared > 0 ? shared : 0,
  }
}

function readQuantization(value: unknown): StoredQuantization | undefined {
  if (value === undefined || value === null) return undefined
  if (!isFields(value))
    fail('config-field-invalid', { field: 'quantization_config', value: String(value) })
  const method = typeof value.quant_method === 'string' ? value.quant_method : ''
  const known = METHODS[method]
  if (known === undefined) fail('config-quantization-unsupported', { method: method || '?' })
  const bits = readBits(value)
  if (bits === undefined || (bits !== 4 && bits !== 8)) {
    fail('config-quantization-unsupported', { method: `${method}, ${bits ?? '?'} bit` })
  }
  if (bits === 8) {
    if (known === 'awq' || known === 'gptq') {
      fail('config-quantization-unsupported', { method: `${method}, 8 bit` })
    }
    return { method: 'fp8', groupSize: 128 }
  }
  return { method: known === 'gptq' ? 'gptq' : 'awq', groupSize: readGroupSize(value) }
}

function firstWeights(value: Fields): Fields | undefined {
  const groups = isFields(value.config_groups) ? Object.values(value.config_groups) : []
  const first = groups.find(isFields)
  return first !== undefined && isFields(first.weights) ? first.weights : undefined
}

function readBits(value: Fields): number | undefined {
  if (value.quant_method === 'fp8') return 8
  const bits = value.bits ?? value.w_bit ?? firstWeights(value)?.num_bits
  return typeof bits === 'number' ? bits : undefined
}

function readGroupSize(value: Fields): number {
  const size = value.group_size ?? value.q_group_size ?? firstWeights(value)?.group_size
  return typeof size === 'number' && size > 0 ? size : 128
}
