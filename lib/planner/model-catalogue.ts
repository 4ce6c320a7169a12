import type { ModelShape, WeightFormat } from './model-shape'

export type KnownModel = ModelShape & {
  /** Published weights in another format; without one, AWQ and GPTQ have to be found or made. */
  repositories: Partial<Record<WeightFormat, string>>
}

type Row = Pick<
  ModelShape,
  'layers' | 'hiddenSize' | 'feedForwardSize' | 'attentionHeads' | 'isTied' | 'maxContextTokens'
> &
  Partial<Pick<KnownModel, 'kvHeads' | 'experts' | 'isThinking' | 'repositories'>>

const LONG_CONTEXT = 262_144
const PLAIN_CONTEXT = 40_960

/** Published figures of each model card and `config.json`; the whole family has heads of 128 and one vocabulary. */
function qwen3(name: string, row: Row): KnownModel {
  return {
    id: `Qwen/${name}`,
    kvHeads: 8,
    headDim: 128,
    vocabSize: 151_936,
    experts: undefined,
    isThinking: true,
    stored: undefined,
    ...row,
    repositories: { fp8: `Qwen/${name}-FP8`, ...row.repositories },
  }
}

const SIZE_4B = {
  layers: 36,
  hiddenSize: 2560,
  feedForwardSize: 9728,
  attentionHeads: 32,
  isTied: true,
}

const SIZE_30B_A3B = {
  layers: 48,
  hiddenSize: 2048,
  feedForwardSize: 6144,
  attentionHeads: 32,
  kvHeads: 4,
  isTied: false,
  experts: { count: 128, feedForwardSize: 768, layers: 48, sharedFeedForwardSize: 0 },
}

const SIZE_235B_A22B = {
  layers: 94,
  hiddenSize: 4096,
  feedForwardSize: 12_288,
  attentionHeads: 64,
  kvHeads: 4,
  isTied: false,
  experts: { count: 128, feedForwardSize: 1536, layers: 94, sharedFeedForwardSize: 0 },
}

export const DEFAULT_MODEL: KnownModel = qwen3('Qwen3-4B-Instruct-2507', {
  ...SIZE_4B,
  maxContextTokens: LONG_CONTEXT,
  isThinking: false,
})

/** The first one is the default. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  DEFAULT_MODEL,
  qwen3('Qwen3-4B-Thinking-2507', { ...SIZE_4B, maxContextTokens: LONG_CONTEXT }),
  qwen3('Qwen3-0.6B', {
    layers: 28,
    hiddenSize: 1024,
    feedForwardSize: 3072,
    attentionHeads: 16,
    isTied: true,
    maxContextTokens: PLAIN_CONTEXT,
  }),
  qwen3('Qwen3-1.7B', {
    layers: 28,
    hiddenSize: 2048,
    feedForwardSize: 6144,
    attentionHeads: 16,
    isTied: true,
    maxContextTokens: PLAIN_CONTEXT,
  }),
  qwen3('Qwen3-4B', {
    ...SIZE_4B,
    maxContextTokens: PLAIN_CONTEXT,
    repositories: { awq: 'Qwen/Qwen3-4B-AWQ' },
  }),
  qwen3('Qwen3-8B', {
    layers: 36,
    hiddenSize: 4096,
    feedForwardSize: 12_288,
    attentionHeads: 32,
    isTied: false,
    maxContextTokens: PLAIN_CONTEXT,
    repositories: { awq: 'Qwen/Qwen3-8B-AWQ' },
  }),
  qwen3('Qwen3-14B', {
    layers: 40,
    hiddenSize: 5120,
    feedForwardSize: 17_408,
    attentionHeads: 40,
    isTied: false,
    maxContextTokens: PLAIN_CONTEXT,
    repositories: { awq: 'Qwen/Qwen3-14B-AWQ' },
  }),
  qwen3('Qwen3-32B', {
    layers: 64,
    hiddenSize: 5120,
    feedForwardSize: 25_600,
    attentionHeads: 64,
    isTied: false,
    maxContextTokens: PLAIN_CONTEXT,
    repositories: { awq: 'Qwen/Qwen3-32B-AWQ' },
  }),
  qwen3('Qwen3-30B-A3B-Instruct-2507', {
    ...SIZE_30B_A3B,
    maxContextTokens: LONG_CONTEXT,
    isThinking: false,
  }),
  qwen3('Qwen3-30B-A3B', {
    ...SIZE_30B_A3B,
    maxContextTokens: PLAIN_CONTEXT,
    repositories: { gptq: 'Qwen/Qwen3-30B-A3B-GPTQ-Int4' },
  }),
  qwen3('Qwen3-235B-A22B-Instruct-2507', {
    ...SIZE_235B_A22B,
    maxContextTokens: LONG_CONTEXT,
    isThinking: false,
  }),
]
