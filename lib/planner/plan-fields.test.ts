import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSimilar } from './find-similar'
import { findGpu, GPUS, isGpu } from './gpu-catalogue'
import { isProblem } from './input-problem'
import { KNOWN_MODELS } from './model-catalogue'
import { parseModelConfig } from './parse-model-config'
import { type PlanFields, parsePlanFields } from './plan-fields'
import { toConfigText } from './to-config-text'
import { parseVllmVersion, toImageTag } from './vllm-version'

const QWEN3_4B = {
  architectures: ['Qwen3ForCausalLM'],
  head_dim: 128,
  hidden_size: 2560,
  intermediate_size: 9728,
  max_position_embeddings: 262_144,
  num_attention_heads: 32,
  num_hidden_layers: 36,
  num_key_value_heads: 8,
  tie_word_embeddings: true,
  torch_dtype: 'bfloat16',
  vocab_size: 151_936,
}

const parse = (config: object) => parseModelConfig({ text: JSON.stringify(config), name: 'mine' })

function shapeOf(config: object) {
  const parsed = parse(config)
  if (isProblem(parsed)) throw new Error(parsed.problem.code)
  return parsed.value
}

describe('parseModelConfig', () => {
  it('reads the figures of a plain model', () => {
    const known = KNOWN_MODELS[0]
    expect(known).toMatchObject({ ...shapeOf(QWEN3_4B), id: known?.id })
  })

  it('reads what may be left out from what is there', () => {
    const { head_dim: _, num_key_value_heads: __, tie_word_embeddings: ___, ...less } = QWEN3_4B
    expect(shapeOf(less)).toMatchObject({ headDim: 80, kvHeads: 32, isTied: false })
  })

  it('reads the language part of a model that sees', () => {
    expect(shapeOf({ vision_config: {}, text_config: QWEN3_4B }).layers).toBe(36)
  })

  it.each([
    ['AWQ', { quant_method: 'awq', bits: 4, group_size: 64 }, { method: 'awq', groupSize: 64 }],
    ['GPTQ', { quant_method: 'gptq', bits: 4, group_size: -1 }, { method: 'gptq', groupSize: 128 }],
    [
      'fp8',
      { quant_method: 'fp8', weight_block_size: [128, 128] },
      { method: 'fp8', groupSize: 128 },
    ],
    [
      'compressed-tensors with 4 bit',
      {
        quant_method: 'compressed-tensors',
        config_groups: { group_0: { weights: { num_bits: 4, group_size: 32 } } },
      },
      { method: 'awq', groupSize: 32 },
    ],
  ])('reads %s', (_, quantization_config, stored) => {
    expect(shapeOf({ ...QWEN3_4B, quantization_config }).stored).toEqual(stored)
  })

  it('reads experts, in every layer or in some', () => {
    const experts = { num_experts: 128, moe_intermediate_size: 768, mlp_only_layers: [0, 1] }
    expect(shapeOf({ ...QWEN3_4B, ...experts }).experts).toEqual({
      count: 128,
      feedForwardSize: 768,
      layers: 34,
      sharedFeedForwardSize: 0,
    })
  })

  it.each<[string, string, string, Record<string, string>]>([
    ['no JSON', '{', 'config-not-json', {}],
    ['a list', '[]', 'config-not-object', {}],
    ['null', 'null', 'config-not-object', {}],
    ['nothing in it', '{}', 'config-field-missing', { field: 'num_attention_heads' }],
    [
      'a figure that is none',
      JSON.stringify({ ...QWEN3_4B, hidden_size: '2560' }),
      'config-field-invalid',
      { field: 'hidden_size', value: '"2560"' },
    ],
    [
      'compressed keys and values',
      JSON.stringify({ ...QWEN3_4B, kv_lora_rank: 512 }),
      'config-attention-unsupported',
      { field: 'kv_lora_rank' },
    ],
    [
      'linear attention',
      JSON.stringify({ ...QWEN3_4B, layer_types: ['linear_attention', 'full_attention'] }),
      'config-attention-unsupported',
      { field: 'linear_attention' },
    ],
    [
      'two halves',
      JSON.stringify({ ...QWEN3_4B, is_encoder_decoder: true }),
      'config-architecture-unsupported',
      { field: 'is_encoder_decoder' },
    ],
    [
      'a method that is not counted',
      JSON.stringify({ ...QWEN3_4B, quantization_config: { quant_method: 'bitsandbytes' } }),
      'config-quantization-unsupported',
      { method: 'bitsandbytes' },
    ],
    [
      '8-bit GPTQ',
      JSON.stringify({ ...QWEN3_4B, quantization_config: { quant_method: 'gptq', bits: 8 } }),
      'config-quantization-unsupported',
      { method: 'gptq, 8 bit' },
    ],
  ])('says what is the matter with %s', (_, text, code, values) => {
    expect(parseModelConfig({ text, name: 'mine' })).toEqual({ problem: { code, values } })
  })

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(Object.keys(parseModelConfig({ text, name: 'x' }))).toHaveLength(1)
      }),
    )
  })

  it.each(KNOWN_MODELS.map((model) => [model.id, model] as const))(
    'reads %s back from the short text of an address',
    (_, { repositories: __, ...shape }) => {
      const parsed = parseModelConfig({ text: toConfigText(shape), name: 'x' })
      expect(parsed).toEqual({ value: { ...shape, isThinking: false } })
      expect(toConfigText(shape).length).toBeLessThan(500)
    },
  )
})

describe('findGpu', () => {
  it.each([
    ['RTX 4090', 'RTX 4090'],
    ['NVIDIA GeForce RTX 4090', 'RTX 4090'],
    ['rtx4090', 'RTX 4090'],
    ['h100 80gb', 'H100 80GB'],
    ['H100', 'H100 80GB'],
    ['RTX 3060', 'RTX 3060 12GB'],
    ['24', '24 GiB'],
    ['23.5 GiB', '23.5 GiB'],
  ])('knows %s as %s', (text, name) => {
    const found = findGpu(text)
    expect(isGpu(found) && found.name).toBe(name)
  })

  it.each<[string, string[]]>([
    ['A100', ['A100 40GB', 'A100 80GB']],
    ['nothing like it at all', []],
    ['1', []],
    ['99999', []],
    ['', []],
  ])('guesses what %s may have meant', (text, similar) => {
    const found = findGpu(text)
    expect(isGpu(found)).toBe(false)
    if (!isGpu(found)) expect([...found.similar].sort()).toEqual([...similar].sort())
  })

  it('guesses the nearest name first', () => {
    expect(findGpu('RTX 4O90')).toMatchObject({ similar: ['RTX 4090', 'RTX 4060', 'RTX 4070'] })
  })

  it('has some thirty cards, each found by its own name, with less memory than its nameplate', () => {
    expect(GPUS.length).toBeGreaterThanOrEqual(28)
    for (const gpu of GPUS) {
      expect(findGpu(gpu.name)).toEqual(gpu)
      const nameplate = /(\d+)GB/.exec(gpu.name)?.[1]
      if (nameplate !== undefined) expect(gpu.memoryGib).toBeLessThan(Number(nameplate))
      expect(gpu.bandwidthGbPerSecond).toBeGreaterThan(200)
    }
  })
})

describe('findSimilar', () => {
  it('puts what is contained first, and gives three at most', () => {
    const names = ['max-model-len', 'max-num-seqs', 'model', 'max-loras', 'max-logprobs']
    expect(findSimilar({ text: 'max-modle-len', names })).toEqual(['max-model-len'])
    expect(findSimilar({ text: 'zzzz', names })).toEqual([])
  })
})

describe('parseVllmVersion', () => {
  it.each([
    ['0.32', 32, '0.32', 'v0.32.0', false],
    ['v0.10.2', 10, '0.10.2', 'v0.10.2', false],
    ['0.8.5.post1', 8, '0.8.5.post1', 'v0.8.5.post1', false],
    ['latest', 32, '0.32.0', 'v0.32.0', false],
    ['', 32, '0.32.0', 'v0.32.0', false],
    ['0.33.1', 32, '0.33.1', 'v0.33.1', true],
    ['1.0', 32, '1.0', 'v1.0.0', true],
  ])('reads %s', (text, minor, shown, tag, isBeyond) => {
    const parsed = parseVllmVersion(text)
    expect(parsed).toEqual({ value: { minor, text: shown, isBeyond } })
    if ('value' in parsed) expect(toImageTag(parsed.value)).toBe(tag)
  })

  it.each(['0.7', '0.6.6.post1', 'nightly', '0', 'x.y', '0.32 '.repeat(3)])(
    'refuses %s',
    (text) => {
      expect(parseVllmVersion(text)).toMatchObject({ problem: { code: 'version-unknown' } })
    },
  )
})

describe('parsePlanFields', () => {
  it('plans the default model on a 24 GB card when nothing is said', () => {
    const parsed = parsePlanFields({})
    expect(parsed).toMatchObject({
      value: {
        input: {
          shape: { id: 'Qwen/Qwen3-4B-Instruct-2507' },
          gpu: { name: 'RTX 4090' },
          weights: 'bf16',
          gpuCount: 1,
          maxModelLen: 16_384,
          gpuMemoryUtilization: 0.88,
          kvCacheDtype: 'auto',
          maxNumSeqs: 256,
          maxNumBatchedTokens: 2048,
        },
        port: 8000,
        version: { minor: 32 },
      },
    })
  })

  it.each<[PlanFields, object]>([
    [{ gpu: 'H200' }, { maxNumSeqs: 1024, maxNumBatchedTokens: 8192, gpuMemoryUtilization: 0.95 }],
    [{ 'max-model-len': '8k' }, { maxModelLen: 8000 }],
    [{ 'max-model-len': '8K' }, { maxModelLen: 8192 }],
    [
      { model: 'qwen3-8b', weights: 'AWQ' },
      { weights: 'awq', maxModelLen: 16_384 },
    ],
    [
      {
        config: JSON.stringify({
          ...QWEN3_4B,
          quantization_config: { quant_method: 'gptq', bits: 4, group_size: 32 },
        }),
      },
      { weights: 'gptq', groupSize: 32 },
    ],
    [
      { config: JSON.stringify({ ...QWEN3_4B, max_position_embeddings: 4096 }) },
      { maxModelLen: 4096 },
    ],
  ])('reads %j', (fields, input) => {
    expect(parsePlanFields(fields)).toMatchObject({ value: { input } })
  })

  it('names every problem at once, with what may have been meant', () => {
    const parsed = parsePlanFields({
      model: 'qwen3-4b-instruct',
      gpu: 'RTX 4091',
      weights: 'awk',
      gpus: '0',
      'gpu-memory-utilization': '90',
      'kv-cache-dtype': 'int8',
      vllm: '0.5',
      port: '80',
      users: '-1',
    })
    expect('problems' in parsed && parsed.problems.map(({ field, code }) => [field, code])).toEqual(
      [
        ['model', 'model-unknown'],
        ['gpu', 'gpu-unknown'],
        ['weights', 'weights-unknown'],
        ['gpus', 'number-invalid'],
        ['gpu-memory-utilization', 'number-invalid'],
        ['kv-cache-dtype', 'kv-cache-dtype-unknown'],
        ['users', 'number-invalid'],
        ['vllm', 'version-unknown'],
        ['port', 'number-invalid'],
      ],
    )
    expect('problems' in parsed && parsed.problems[0]?.values.similar).toContain(
      'Qwen/Qwen3-4B-Instruct-2507',
    )
    expect('problems' in parsed && parsed.problems[1]?.values.similar).toContain('RTX 4090')
  })
})
