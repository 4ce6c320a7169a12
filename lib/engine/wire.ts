/**
 * Types of vLLM's wire as recorded from 0.32.0, only the fields that are used. Loose on purpose:
 * other versions and servers leave fields out. They never leave lib/engine; the stub and the
 * local engine borrow the types, not values.
 */
export type WireDelta = {
  role?: string | null
  content?: string | null
  reasoning?: string | null
  reasoning_content?: string | null
  tool_calls?: unknown[] | null
}

export type WireChoice = {
  index: number
  delta: WireDelta
  logprobs?: unknown
  finish_reason?: string | null
  stop_reason?: string | number | null
  token_ids?: number[] | null
}

export type WireUsage = {
  prompt_tokens: number
  total_tokens: number
  completion_tokens: number
  prompt_tokens_details?: {
    cached_tokens?: number | null
    created_cache_tokens?: number | null
  } | null
}

/** `--enable-per-request-metrics`: ms; `time_to_first_token_ms` counts from scheduling, so it excludes the queue. */
export type WireMetrics = {
  time_to_first_token_ms?: number | null
  generation_time_ms?: number | null
  queue_time_ms?: number | null
  mean_itl_ms?: number | null
  tokens_per_second?: number | null
}

export type WireChunk = {
  id: string
  object: 'chat.completion.chunk'
  created: number
  model: string
  choices: WireChoice[]
  usage?: WireUsage | null
  system_fingerprint?: string
  metrics?: WireMetrics | null
  prompt_token_ids?: number[] | null
  prompt_text?: string | null
}

export type WireMessage = {
  role: 'system' | 'user' | 'assistant'
  content: string
  reasoning_content?: string
}

export type WireChatRequest = {
  model: string
  messages: WireMessage[]
  stream?: boolean
  stream_options?: { include_usage?: boolean }
  max_tokens?: number
  temperature?: number
  top_p?: number
  top_k?: number
  min_p?: number
  presence_penalty?: number
  frequency_penalty?: number
  repetition_penalty?: number
  seed?: number
  stop?: string[]
}

export type WireError = {
  error: { message: string; type: string; param: string | null; code: number }
}

export type WireModel = {
  id: string
  object: 'model'
  created: number
  owned_by: string
  root?: string | null
  parent?: string | null
  max_model_len?: number | null
}

export type WireModelList = { object: 'list'; data: WireModel[] }

export type WireTokenizeResponse = {
  count: number
  max_model_len: number
  tokens: number[]
  token_strs: string[] | null
}
