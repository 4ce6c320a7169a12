import { formatLogRecord } from './log-format.ts'
import type { EngineScenario } from './scenario.ts'

/** A piece of a start's log and when it is due: 0 = start of the process, 1 = ready. */
export type StartPiece = { at: number; write: (date: Date) => string }

export type ProcessIds = { api: number; core: number }

const BAR_WIDTH = 10

function grouped(value: number): string {
  return value.toLocaleString('en-US')
}

function bar(percent: number): string {
  const full = Math.floor((percent * BAR_WIDTH) / 100)
  return `${'█'.repeat(full)}${' '.repeat(BAR_WIDTH - full)}`
}

function recordPiece(options: {
  at: number
  process: 'APIServer' | 'EngineCore'
  pid: number
  source: string
  message: string
}): StartPiece {
  const { at, process, pid, source, message } = options
  const origin = { process, pid }
  return { at, write: (date) => formatLogRecord({ origin, source, message, at: date }) }
}

function buildShardPieces(): StartPiece[] {
  const shards = 3
  return Array.from({ length: shards + 1 }, (_, shard) => {
    const percent = Math.floor((100 * shard) / shards)
    const rate = shard === 0 ? '00:00<?, ?it/s' : `00:0${shard}<00:0${shards - shard},  1.92it/s`
    const text = `\rLoading safetensors checkpoint shards: ${String(percent).padStart(3)}% Completed | ${shard}/${shards} [${rate}]\n`
    return { at: 0.3 + 0.05 * shard, write: () => (shard === shards ? `${text}\n` : text) }
  })
}

function buildGraphPieces(options: {
  core: number
  name: string
  from: number
  to: number
  count: number
}): StartPiece[] {
  const { core, name, from, to, count } = options
  const steps = 10
  return Array.from({ length: steps + 1 }, (_, step) => {
    const done = Math.round((count * step) / steps)
    const percent = Math.floor((100 * done) / count)
    const rate = step === 0 ? '00:00<?, ?it/s' : '00:01<00:01, 18.41it/s'
    const head = step === 0 ? `(EngineCore pid=${core}) ` : ''
    const tail = step === steps ? '\n' : ''
    const text = `${head}\rCapturing CUDA graphs (${name}): ${String(percent).padStart(3)}%|${bar(percent)}| ${done}/${count} [${rate}]${tail}`
    return { at: from + ((to - from) * step) / steps, write: () => text }
  })
}

function buildLogo(options: { version: string; model: string }): string {
  return [
    '',
    '       █     █     █▄   ▄█',
    ` ▄▄ ▄█ █     █     █ ▀▄▀ █  version ${options.version}`,
    `  █▄█▀ █     █     █     █  model   ${options.model}`,
    '   ▀▀  ▀▀▀▀▀ ▀▀▀▀▀ ▀     ▀',
    '',
  ].join('\n')
}

type StageOptions = { engine: EngineScenario; pids: ProcessIds; port: number }

function createRecords({ engine, pids }: StageOptions) {
  const model = engine.modelRoot || engine.modelId
  return {
    model,
    length: engine.maxModelLen,
    api: (at: number, source: string, message: string) =>
      recordPiece({ at, process: 'APIServer', pid: pids.api, source, message }),
    core: (at: number, source: string, message: string) =>
      recordPiece({ at, process: 'EngineCore', pid: pids.core, source, message }),
  }
}

function buildLoading(options: StageOptions): StartPiece[] {
  const { engine, port } = options
  const { api, core, model, length } = createRecords(options)
  return [
    api(0, 'api_utils.py:347', buildLogo({ version: engine.version, model })),
    api(
      0.01,
      'api_utils.py:286',
      `non-default args: {'model_tag': '${model}', 'enable_prompt_tokens_details': True, 'enable_per_request_metrics': True, 'host': '127.0.0.1', 'port': ${port}, 'model': '${model}', 'max_model_len': ${length}, 'served_model_name': ['${engine.modelId}'], 'max_num_seqs': ${engine.maxNumSeqs}}`,
    ),
    api(0.06, 'model.py:733', 'Resolved architecture: Qwen3ForCausalLM'),
    api(0.07, 'model.py:2152', `Using max model len ${length}`),
    api(0.08, 'scheduler.py:308', 'Chunked prefill is enabled with max_num_batched_tokens=2048.'),
    core(
      0.12,
      'core.py:133',
      `Initializing a V1 LLM engine (v${engine.version}) with config: model='${model}', speculative_config=None, tokenizer='${model}', dtype=torch.bfloat16, max_seq_len=${length}, download_dir=None, load_format=auto`,
    ),
    core(0.14, 'gpu_worker.py:518', 'Using V2 Model Runner'),
    core(0.15, 'model_runner.py:392', 'Loading model from scratch...'),
    core(
      0.16,
      'cuda.py:507',
      "Using FLASH_ATTN attention backend out of potential backends: ['FLASH_ATTN', 'TRITON_ATTN', 'FLEX_ATTENTION'].",
    ),
    core(
      0.28,
      'weight_utils.py:533',
      `Time spent downloading weights for ${model}: 1.493207 seconds`,
    ),
    ...buildShardPieces(),
    core(0.47, 'default_loader.py:502', 'Loading weights took 1.57 seconds'),
    core(0.48, 'model_runner.py:425', 'Model loading took 7.56 GiB memory and 3.284175 seconds'),
  ]
}

function buildCompiling(options: StageOptions): StartPiece[] {
  const { engine, pids } = options
  const { core, length } = createRecords(options)
  const concurrency = (engine.kvCacheTokens / length).toFixed(2)
  return [
    core(
      0.5,
      'backends.py:1105',
      "Using cache directory: /root/.cache/vllm/torch_compile_cache/85cbe97a18/rank_0_0/backbone for vLLM's torch.compile",
    ),
    core(0.54, 'backends.py:1167', 'Dynamo bytecode transform time: 7.59 s'),
    core(0.64, 'backends.py:399', 'Compiling a graph for compile range (1, 2048) takes 11.68 s'),
    core(0.68, 'monitor.py:53', 'torch.compile took 23.99 s in total'),
    core(0.7, 'monitor.py:81', 'Initial profiling/warmup run took 0.34 s'),
    core(0.73, 'gpu_worker.py:760', 'Available KV cache memory: 12.5 GiB'),
    core(
      0.74,
      'kv_cache_utils.py:2327',
      `GPU KV cache size: ${grouped(engine.kvCacheTokens)} tokens, Maximum concurrency for ${grouped(length)} tokens per request: ${concurrency}x`,
    ),
    ...buildGraphPieces({ core: pids.core, name: 'PIECEWISE', from: 0.76, to: 0.84, count: 51 }),
    ...buildGraphPieces({ core: pids.core, name: 'FULL', from: 0.845, to: 0.9, count: 35 }),
    core(0.91, 'model_runner.py:1128', 'Graph capturing finished in 5 secs, took 0.61 GiB'),
    core(
      0.94,
      'core.py:385',
      'init engine (profile, create kv cache, warmup model) took 45.38 s (compilation: 23.99 s)',
    ),
  ]
}

function buildServing(options: StageOptions): StartPiece[] {
  const { pids, port } = options
  const { api } = createRecords(options)
  const plain = (at: number, text: string): StartPiece => ({ at, write: () => text })
  return [
    api(0.95, 'entry.py:136', "Supported tasks: ['generate']"),
    api(0.97, 'entry.py:140', `Starting vLLM server on http://127.0.0.1:${port}`),
    api(0.97, 'launcher.py:195', 'Route: /health, Methods: GET'),
    api(0.97, 'launcher.py:195', 'Route: /v1/chat/completions, Methods: POST'),
    plain(0.98, `INFO:     Started server process [${pids.api}]\n`),
    plain(0.99, 'INFO:     Waiting for application startup.\n'),
    plain(1, 'INFO:     Application startup complete.\n'),
  ]
}

/**
 * What a vLLM with this configuration writes from its first line to "Application startup complete.",
 * in the words of 0.32 on a GPU, each stage at its usual share of the time.
 */
export function buildStartLog(options: StageOptions): StartPiece[] {
  return [...buildLoading(options), ...buildCompiling(options), ...buildServing(options)]
}
