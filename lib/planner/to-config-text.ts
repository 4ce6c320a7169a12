import type { ModelShape } from './model-shape'

/** A `config.json` with no more than what the planner reads of one: short enough for an address. */
export function toConfigText(shape: ModelShape): string {
  const { experts, stored } = shape
  return JSON.stringify({
    _name_or_path: shape.id,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.attentionHeads,
    num_key_value_heads: shape.kvHeads,
    head_dim: shape.headDim,
    hidden_size: shape.hiddenSize,
    intermediate_size: shape.feedForwardSize,
    vocab_size: shape.vocabSize,
    tie_word_embeddings: shape.isTied,
    max_position_embeddings: shape.maxContextTokens,
    ...(experts === undefined
      ? {}
      : {
          num_experts: experts.count,
          moe_intermediate_size: experts.feedForwardSize,
          shared_expert_intermediate_size: experts.sharedFeedForwardSize,
          mlp_only_layers: Array.from({ length: shape.layers - experts.layers }, (_, at) => at),
        }),
    ...(stored === undefined
      ? {}
      : {
          quantization_config: {
            quant_method: stored.method,
            bits: stored.method === 'fp8' ? 8 : 4,
            group_size: stored.groupSize,
          },
        }),
  })
}
