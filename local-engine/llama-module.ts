/** The part of node-llama-cpp that is used; the package itself is installed apart, on demand. */
export type LlamaModule = {
  getLlama(options: {
    gpu: 'auto' | false
    build: 'never'
    skipDownload: true
    progressLogs: false
    logLevel: 'error'
    logger: (level: string, message: string) => void
    maxThreads?: number
  }): Promise<Llama>
  TokenBias: { for(model: LlamaModel): LlamaTokenBias }
}

export type Llama = {
  cpuMathCores: number
  loadModel(options: {
    modelPath: string
    onLoadProgress: (share: number) => void
  }): Promise<LlamaModel>
}

export type LlamaModel = {
  trainContextSize: number
  tokens: {
    bosString: string | null
    eosString: string | null
    shouldPrependBosToken: boolean
    bos: number | null
  }
  fileInfo: { metadata?: { general?: { name?: string }; tokenizer?: { chat_template?: string } } }
  tokenize(text: string, specialTokens?: boolean): number[]
  detokenize(
    tokens: readonly number[],
    specialTokens?: boolean,
    lastTokens?: readonly number[],
  ): string
  isEogToken(token: number): boolean
  createContext(options: {
    contextSize: { min: number; max: number }
    threads: number
    swaFullCache: boolean
  }): Promise<LlamaContext>
}

export type LlamaContext = { contextSize: number; getSequence(): LlamaSequence }

export type LlamaSequence = {
  /** Tokens in the KV cache. */
  nextTokenIndex: number
  adaptStateToTokens(tokens: readonly number[], allowShift: boolean): Promise<void>
  clearHistory(): Promise<void>
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>
  evaluate(tokens: readonly number[], options: LlamaSampling): AsyncGenerator<number, void>
}

export type LlamaTokenBias = { set(token: number, bias: { logit: number }): unknown }

export type LlamaSampling = {
  temperature: number
  topP: number
  topK: number
  minP: number
  seed: number
  yieldEogToken: true
  repeatPenalty?: { punishTokens: () => number[]; penalty: number; maxPunishTokens: number }
  tokenBias?: () => LlamaTokenBias
}

export type JinjaTemplate = { render(values: Record<string, unknown>): string }

export type JinjaModule = { Template: new (source: string) => JinjaTemplate }

/** @throws {Error} when what was imported is another module. */
export function parseLlamaModule(imported: unknown): LlamaModule {
  if (!hasKeys({ imported, keys: ['getLlama', 'TokenBias'] })) throw new Error('not node-llama-cpp')
  return imported as LlamaModule
}

/** @throws {Error} when what was imported is another module. */
export function parseJinjaModule(imported: unknown): JinjaModule {
  if (!hasKeys({ imported, keys: ['Template'] })) throw new Error('not @huggingface/jinja')
  return imported as JinjaModule
}

function hasKeys({ imported, keys }: { imported: unknown; keys: readonly string[] }): boolean {
  return typeof imported === 'object' && imported !== null && keys.every((key) => key in imported)
}
