import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CHATML, type ChatTemplate, createChatTemplate } from './chat-template.ts'
import { fileBytes, toMb } from './disk.ts'
import { EngineFailure } from './engine-failure.ts'
import {
  type LlamaContext,
  type LlamaModel,
  type LlamaModule,
  type LlamaSequence,
  parseJinjaModule,
  parseLlamaModule,
} from './llama-module.ts'
import type { StageLog } from './stage-log.ts'

export type LoadedModel = {
  module: LlamaModule
  model: LlamaModel
  /** The one place in the KV cache; what it holds between two requests is the prefix cache. */
  sequence: LlamaSequence
  template: ChatTemplate
  maxModelLen: number
}

/** A context as long as most chats need; a larger one takes memory from the machine for nothing. */
const DEFAULT_MAX_MODEL_LEN = 8192
const MIN_CONTEXT = 512
/**
 * Left to the app, its page and the rest: llama.cpp's threads wait for each other in a loop, so one
 * that has to share its core holds up all. Measured on two busy cores: one thread 45–60 tokens/s,
 * two threads 4–19 with gaps of seconds; on two idle ones 60 against 70.
 */
const SPARE_CORES = 1
/** The program itself, its buffers, and a context of the smallest length. */
const OVERHEAD_BYTES = 300e6

/**
 * Weights and context into memory.
 * @throws {EngineFailure} not-enough-memory (before anything is loaded), model-load-failed.
 */
export async function loadModel(options: {
  modelPath: string
  runtimeDir: string
  log: StageLog
  maxModelLen?: number
  availableBytes?: () => number
}): Promise<LoadedModel> {
  const { modelPath, runtimeDir, log, availableBytes = () => process.availableMemory() } = options
  const bytes = (await fileBytes(modelPath)) ?? 0
  requireMemory({ modelPath, bytes, available: availableBytes() })
  log.stage('loading', { percent: 0, model: basename(modelPath), size_mb: toMb(bytes) })
  try {
    const { module, jinja } = await importRuntime(runtimeDir)
    const { model, threads } = await loadWeights({ module, modelPath, log })
    const wanted = options.maxModelLen ?? DEFAULT_MAX_MODEL_LEN
    const limit = Math.max(1, Math.min(wanted, model.trainContextSize))
    const context = await createContext({ model, limit, threads })
    const source = model.fileInfo.metadata?.tokenizer?.chat_template ?? CHATML
    return {
      module,
      model,
      sequence: context.getSequence(),
      template: createChatTemplate({
        jinja,
        source,
        bosToken: model.tokens.bosString ?? '',
        eosToken: model.tokens.eosString ?? '',
      }),
      // The last token of an answer is never computed, so the cache needs one cell less.
      maxModelLen: Math.min(limit, context.contextSize),
    }
  } catch (error) {
    if (error instanceof EngineFailure) throw error
    const reason = error instanceof Error ? error.message.slice(0, 300) : String(error)
    throw new EngineFailure('model-load-failed', { path: modelPath, reason }, error)
  }
}

/** @throws {EngineFailure} not-enough-memory, with both figures. */
export function requireMemory(options: {
  modelPath: string
  bytes: number
  available: number
}): void {
  const { modelPath, bytes, available } = options
  const needed = bytes + OVERHEAD_BYTES
  if (needed <= available) return
  throw new EngineFailure('not-enough-memory', {
    model: basename(modelPath),
    needed_mb: toMb(needed),
    free_mb: toMb(available),
  })
}

/** From the folder they were installed into, which is none of the app's. */
async function importRuntime(runtimeDir: string) {
  const load = (...path: string[]): Promise<unknown> =>
    import(pathToFileURL(join(runtimeDir, 'node_modules', ...path)).href)
  const [llama, jinja] = await Promise.all([
    load('node-llama-cpp', 'dist', 'index.js'),
    load('@huggingface', 'jinja', 'dist', 'index.js'),
  ])
  return { module: parseLlamaModule(llama), jinja: parseJinjaModule(jinja) }
}

async function loadWeights(options: {
  module: LlamaModule
  modelPath: string
  log: StageLog
}): Promise<{ model: LlamaModel; threads: number }> {
  const { module, modelPath, log } = options
  // The only binary for Apple's processors is the Metal one.
  const isAppleSilicon = process.platform === 'darwin' && process.arch === 'arm64'
  const llama = await module.getLlama({
    gpu: isAppleSilicon ? 'auto' : false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: 'error',
    logger: (level, message) => log.note(`llama.cpp ${level}: ${message}`),
    maxThreads: 0,
  })
  let shown = 0
  const model = await llama.loadModel({
    modelPath,
    onLoadProgress: (share) => {
      const percent = Math.floor(share * 100)
      if (percent < shown + 10 && percent !== 100) return
      if (percent === shown) return
      shown = percent
      log.stage('loading', { percent })
    },
  })
  return { model, threads: Math.max(1, llama.cpuMathCores - SPARE_CORES) }
}

async function createContext(options: {
  model: LlamaModel
  limit: number
  threads: number
}): Promise<LlamaContext> {
  const { model, limit, threads } = options
  return model.createContext({
    contextSize: { min: Math.min(MIN_CONTEXT, limit), max: limit },
    threads,
    // With a sliding window an earlier prefix could not be found again.
    swaFullCache: true,
  })
}
