/** Sampling fields a client may ask for; each is sent only when set, else the model's own defaults hold. */
export type Sampling = {
  temperature?: number
  topP?: number
  topK?: number
  minP?: number
  presencePenalty?: number
  frequencyPenalty?: number
  repetitionPenalty?: number
  maxTokens?: number
  seed?: number
  stop?: string[]
}
