import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRecordedLog } from './__fixtures__/read-log'
import { type LogLine, parseLogLine } from './parse-log-line'

const linesOf = (file: string) =>
  readRecordedLog(file)
    .map((read) => read.s)
    .join('')
    .split(/\r\n|\n|\r/)

describe('parseLogLine on the lines of a start, 0.6 to 0.32', () => {
  it.each<[string, Partial<LogLine>]>([
    [
      '(APIServer pid=1) INFO 11-23 16:00:00 [api_utils.py:347] vLLM server version 0.32.0, serving model Qwen/Qwen3-4B-Instruct-2507',
      {
        isProcessStart: true,
        milestone: 'banner',
        stage: 'starting',
        facts: { version: '0.32.0', model: 'Qwen/Qwen3-4B-Instruct-2507' },
      },
    ],
    [
      'INFO 09-03 16:28:10 [api_server.py:1882] vLLM API server version 0.10.2.dev378+g4d7fe40fc.d20250829',
      { isProcessStart: true, facts: { version: '0.10.2.dev378+g4d7fe40fc.d20250829' } },
    ],
    [
      ' \x1b[93m▄▄\x1b[0m ▄█ █     █     █ ▀▄▀ █  version 0.32.0',
      { isProcessStart: true, facts: { version: '0.32.0' } },
    ],
    [
      '   █▄█▀ █     █     █     █  model   /models/smollm2',
      { facts: { model: '/models/smollm2' } },
    ],
    [
      'INFO [__init__.py:744] Resolved architecture: Qwen3ForCausalLM',
      { milestone: 'resolved', stage: 'resolving', facts: { architecture: 'Qwen3ForCausalLM' } },
    ],
    ['Using max model len 32768', { milestone: 'resolved', facts: { maxModelLen: 32768 } }],
    [
      "INFO 04-04 16:30:36 [core.py:61] Initializing a V1 LLM engine (v0.8.3.dev244+g8b3a4a17e) with config: model='x'",
      {
        milestone: 'engine-init',
        stage: 'resolving',
        facts: { version: '0.8.3.dev244+g8b3a4a17e', model: 'x' },
      },
    ],
    [
      "(EngineCore pid=5) INFO [core.py:134] Initializing a V1 LLM engine (v0.32.0) with config: model='x', dtype=torch.bfloat16, quantization=fp8, kv_cache_dtype=auto",
      { facts: { version: '0.32.0', model: 'x', dtype: 'bfloat16', quantization: 'fp8' } },
    ],
    [
      'Starting to load model Qwen/Qwen3-4B-Instruct-2507...',
      { milestone: 'load-start', facts: { model: 'Qwen/Qwen3-4B-Instruct-2507' } },
    ],
    ['Loading model from scratch...', { milestone: 'load-start' }],
    [
      'Time spent downloading weights for Qwen/Qwen3-4B-Instruct-2507: 83.120000 seconds',
      { milestone: 'downloaded', stage: 'weights', facts: { downloadMs: 83_120 } },
    ],
    [
      'model-00001-of-00003.safetensors:  45%|████▌     | 1.79G/3.98G [00:12<00:14, 150MB/s]',
      { milestone: 'download', stage: 'downloading', stagePercent: 45 },
    ],
    [
      'Loading safetensors checkpoint shards:  33% Completed | 1/3 [00:00<00:01,  1.92it/s]',
      { milestone: 'shards', stage: 'weights', stagePercent: 33 },
    ],
    [
      '(EngineCore_DP0 pid=44) Loading safetensors checkpoint shards: 100% Completed | 3/3 [00:01<00:00,  1.92it/s]',
      { milestone: 'shards', stagePercent: 100 },
    ],
    [
      'Multi-thread loading shards:  50% Completed | 1/2 [00:00<00:01,  1.92it/s]',
      { milestone: 'shards', stagePercent: 50 },
    ],
    [
      '(Worker pid=185) INFO 04-15 13:41:17 [default_loader.py:384] Loading weights took 11.18 seconds',
      { milestone: 'weights-loaded', facts: { weightsLoadMs: 11_180 } },
    ],
    [
      '[gpu_model_runner.py:3341] Model loading took 2.0513 GiB memory and 27.200487 seconds',
      { milestone: 'weights-loaded', facts: { weightsGib: 2.0513, weightsLoadMs: 27_200 } },
    ],
    [
      '[gpu_model_runner.py:1289] Model loading took 14.9888 GiB and 13.204526 seconds',
      { facts: { weightsGib: 14.9888, weightsLoadMs: 13_205 } },
    ],
    [
      'gpu_model_runner.py:848] Loading model weights took 67.7229 GB',
      { facts: { weightsGib: 67.7229 } },
    ],
    [
      "Using cache directory: /root/.cache/vllm/x/backbone for vLLM's torch.compile",
      { milestone: 'compile-start', stage: 'compiling' },
    ],
    ['Dynamo bytecode transform time: 7.59 s', { milestone: 'compile', stage: 'compiling' }],
    [
      '[backends.py:286] Compiling a graph for dynamic shape takes 13.62 s',
      { milestone: 'compile' },
    ],
    ['Compiling a graph for compile range (1, 2048) takes 13.62 s', { milestone: 'compile' }],
    ['Directly load AOT compilation from path /x', { milestone: 'compile' }],
    [
      '[monitor.py:34] torch.compile takes 19.69 s in total',
      { milestone: 'compiled', facts: { compileMs: 19_690 } },
    ],
    ['[monitor.py:53] torch.compile took 16.27 s in total', { facts: { compileMs: 16_270 } }],
    ['Warming up model for the compilation...', { milestone: 'compile-start' }],
    ['Initial profiling/warmup run took 0.34 s', { milestone: 'warmed-up', stage: 'compiling' }],
    [
      '[gpu_worker.py:508] Available KV cache memory: 37.99 GiB',
      { milestone: 'kv-memory', stage: 'kv-cache', facts: { kvCacheGib: 37.99 } },
    ],
    ['Available KV cache memory: -1.20 GiB', { facts: { kvCacheGib: -1.2 } }],
    ['Explicitly set (4.0/23.0) GiB for KV cache on node 0.', { facts: { kvCacheGib: 4 } }],
    [
      'GPU KV cache size: 1,587,648 tokens',
      { milestone: 'kv-size', facts: { kvCacheTokens: 1_587_648 } },
    ],
    [
      'CPU KV cache size: 29,056 tokens, Maximum concurrency for 8,192 tokens per request: 3.55x',
      { facts: { kvCacheTokens: 29_056, maxConcurrency: 3.55 } },
    ],
    [
      'Maximum concurrency for 2048 tokens per request: 10.79x',
      { facts: { maxConcurrency: 10.79 } },
    ],
    [
      'Auto-fit max_model_len: reduced from 262144 to 91008 to fit in available KV cache memory (12.5 GiB GPU)',
      { milestone: 'kv-size', facts: { maxModelLen: 91_008 } },
    ],
    [
      'Capturing CUDA graphs (mixed prefill-decode, PIECEWISE): 100%|██████████| 51/51 [00:01<00:00, 33.44it/s]',
      { milestone: 'graphs', stage: 'graphs', stagePercent: 100 },
    ],
    [
      'Capturing CUDA graphs: 100%|██████████| 67/67 [00:14<00:00,  4.71it/s]',
      { stagePercent: 100 },
    ],
    [
      'Capturing CUDA graph shapes:  12%|█▏        | 4/35 [00:02<00:20,  1.5it/s]',
      { stagePercent: 12 },
    ],
    [
      'Capturing CUDA graphs (PIECEWISE):  45%|████▌     | 23/51 [00:01<00:01, 20it/s]',
      { stagePercent: 45 },
    ],
    [
      'Graph capturing finished in 14 secs, took 0.84 GiB',
      { milestone: 'graphs-done', facts: { graphsMs: 14_000, graphsGib: 0.84 } },
    ],
    [
      'Free memory on device (139.29/139.8 GiB) on startup. Desired GPU memory utilization is (0.9, 125.82 GiB). Actual usage is 7.64 GiB for weight, 0.74 GiB for peak activation, 0.22 GiB for non-torch memory, and 0.61 GiB for CUDAGraph memory.',
      { facts: { gpuTotalGib: 139.8, gpuMemoryFraction: 0.9, activationGib: 0.74 } },
    ],
    [
      'init engine (profile, create kv cache, warmup model) took 44.51 seconds',
      { milestone: 'engine-ready', stage: 'serving', facts: { engineInitMs: 44_510 } },
    ],
    [
      'init engine (profile, create kv cache, warmup model) took 44.51 s (compilation: 20.00 s)',
      { facts: { engineInitMs: 44_510 } },
    ],
    ["Supported tasks: ('generate',)", { milestone: 'serving', stage: 'serving' }],
    ['Starting vLLM API server on http://0.0.0.0:8000', { milestone: 'serving' }],
    ['Starting vLLM API server 0 on http://0.0.0.0:8000', { milestone: 'serving' }],
    ['Starting vLLM server on http://0.0.0.0:8000', { milestone: 'serving' }],
    ['INFO:     Application startup complete.', { isReady: true, stage: 'started' }],
    ['(APIServer pid=4555)  INFO: Application startup complete.', { isReady: true }],
    [
      'Engine 000: Avg prompt throughput: 10.0 tokens/s, Avg generation throughput: 80.1 tokens/s, Running: 1 reqs, Waiting: 0 reqs, GPU KV cache usage: 0.3%, Prefix cache hit rate: 41.2%',
      { isReady: true },
    ],
    [
      'Engine 000: Avg prompt throughput: 10.0 tokens/s, Avg generation throughput: 80.1 tokens/s, Running: 1 reqs, Waiting: 2 reqs, Deferred: 1 reqs, Preemptions: 3, CPU KV cache usage: 0.3%, Prefix cache hit rate: 41.2%',
      { isReady: true },
    ],
    ['INFO:     Application shutdown complete.', { isExit: true }],
    ['INFO:     Finished server process [5338]', { isExit: true }],
    ['[first-token] vLLM ended (SIGKILL).', { isExit: true, isDeath: true }],
  ])('reads %s', (line, expected) => {
    expect(parseLogLine(line)).toMatchObject(expected)
  })
})

describe('parseLogLine on fatal lines', () => {
  it.each([
    [
      "ValueError: To serve at least one request with the model's max seq len (262144), (36.0 GiB KV cache is needed, which is larger than the available KV cache memory (12.5 GiB). Based on the available memory, the estimated maximum model length is 91008. Try increasing",
      'kv-too-small',
      {
        maxModelLen: 262144,
        neededGib: 36,
        availableGib: 12.5,
        estimatedMaxModelLen: 91008,
        suggestedMaxModelLen: 90112,
      },
    ],
    [
      "To serve at least one request with the models's max seq len (40960), (5.62 GiB KV cache is needed, which is larger than the available KV cache memory (3.10 GiB). Based on the available memory, the estimated maximum model length is 22544. Try",
      'kv-too-small',
      {
        maxModelLen: 40960,
        neededGib: 5.62,
        availableGib: 3.1,
        estimatedMaxModelLen: 22544,
        suggestedMaxModelLen: 22528,
      },
    ],
    [
      'Free memory on device cuda:0 (5.1/23.5 GiB) on startup is less than desired GPU memory utilization (0.92, 21.6 GiB). Decrease',
      'gpu-memory-taken',
      {
        freeGib: 5.1,
        totalGib: 23.5,
        wantedFraction: 0.92,
        wantedGib: 21.6,
        suggestedFraction: 0.21,
      },
    ],
    [
      'Available memory on node 0 (10.0/23.0 GiB) on startup is less than desired CPU memory utilization (0.92, 21.2 GiB).',
      'cpu-memory-low',
      { freeGib: 10, totalGib: 23, suggestedGib: 5 },
    ],
    ['OSError: [Errno 98] Address already in use', 'port-in-use', {}],
    [
      'vllm serve: error: unrecognized arguments: --swap-space 4',
      'bad-arguments',
      { arguments: '--swap-space 4' },
    ],
    [
      'max_num_batched_tokens (2048) is smaller than max_model_len (32768)',
      'batched-tokens-too-small',
      { maxBatchedTokens: 2048, maxModelLen: 32768 },
    ],
    [
      'The quantization method fp8 is not supported for the current GPU. Minimum capability: 75. Current capability: 70.',
      'quantization-unsupported-gpu',
      { method: 'fp8', minimumCapability: 75, capability: 70 },
    ],
    [
      "User-specified max_model_len (300000) is greater than the derived max_model_len (max_position_embeddings=262144 or model_max_length=None in model's config.json).",
      'max-model-len-too-large',
      { maxModelLen: 300000, modelMaxLen: 262144 },
    ],
    ['Cannot access gated repo for url https://huggingface.co/x', 'model-gated', {}],
    [
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.16 GiB. GPU 0 has a total capacity of 23.53 GiB of which 512.81 MiB is free.',
      'gpu-out-of-memory',
      { allocation: '1.16 GiB', totalGib: 23.53 },
    ],
    ['ValueError: No available memory for the cache blocks. Try increasing', 'no-kv-memory', {}],
    ['Cannot auto-fit max_model_len: not enough', 'cannot-auto-fit', {}],
    [
      'Quantization method specified in the model config (compressed-tensors) does not match the quantization method specified in the `quantization` argument (awq).',
      'quantization-mismatch',
      { modelMethod: 'compressed-tensors', wantedMethod: 'awq' },
    ],
    ['Cannot find the config file for awq', 'quantization-config-missing', { method: 'awq' }],
    [
      'ValueError: Unknown quantization method: gguf. Must be one of',
      'quantization-unknown',
      { method: 'gguf' },
    ],
    [
      "vllm serve: error: argument --quantization/-q: invalid choice: 'bitsandbytes' (choose from",
      'quantization-unknown',
      { method: 'bitsandbytes' },
    ],
    [
      'torch.bfloat16 is not supported for quantization method awq. Supported dtypes: [torch.float16]',
      'quantization-dtype',
      { dtype: 'bfloat16', method: 'awq', supported: '[torch.float16]' },
    ],
    [
      'Bfloat16 is only supported on GPUs with compute capability of at least 8.0. Your Tesla T4',
      'bfloat16-unsupported',
      {},
    ],
    ['Repository Not Found for url: https://huggingface.co/api/models/x.', 'model-not-found', {}],
    [
      "OSError: We couldn't connect to 'https://huggingface.co' to load the files",
      'hub-unreachable',
      {},
    ],
    ['OSError: [Errno 28] No space left on device', 'disk-full', {}],
    [
      'World size (4) is larger than the number of available GPUs (1)',
      'too-few-gpus',
      { worldSize: 4, gpus: 1 },
    ],
    [
      'Total number of attention heads (32) must be divisible by tensor parallel size (3).',
      'heads-not-divisible',
      { heads: 32, tensorParallelSize: 3 },
    ],
    ['RuntimeError: Failed to infer device type', 'no-device', {}],
    [
      "Model architectures ['FooForCausalLM'] are not supported for now.",
      'architecture-unsupported',
      { architecture: "['FooForCausalLM']" },
    ],
    ['KeyboardInterrupt: terminated', 'terminated', {}],
    [
      'RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}',
      'engine-core-failed',
      {},
    ],
  ])('names the cause of %s', (line, code, details) => {
    const { failure } = parseLogLine(line)
    expect([failure?.code, failure?.details]).toEqual([code, details])
    expect(failure?.isGeneral).toBe(code === 'engine-core-failed')
  })

  it.each([
    'WARNING 11-23 17:19:35 [x.py:1] 401 Client Error: Unauthorized for url, using the cached file',
    "'(MaxRetryError(\"HTTPSConnectionPool(host='huggingface.co', port=443): Max retries exceeded with url: /x\"))' thrown while requesting HEAD https://huggingface.co/x",
    '(APIServer pid=5338) WARNING 11-23 17:19:35 [system_utils.py:255] errors like `OSError: [Errno 24] Too many open files`',
    '{"level": "INFO", "message": "No available memory for the cache blocks"}',
  ])('takes no warning for fatal: %s', (line) => {
    expect(parseLogLine(line).failure).toBeUndefined()
  })

  it('shows the line without prefixes, paths kept and keys blotted out', () => {
    const line =
      '(EngineCore pid=2058) ERROR 11-23 18:21:42 [core.py:1330] OSError: [Errno 98] Address already in use hf_abcdefghijklmnopqrst'
    expect(parseLogLine(line).failure?.line).toBe(
      'OSError: [Errno 98] Address already in use [key]',
    )
  })
})

describe('parseLogLine on what is not of the engine', () => {
  it.each([
    "Received request chatcmpl-1: prompt: 'torch.OutOfMemoryError: CUDA out of memory', params: x",
    'Received request chatcmpl-1: vLLM server version 9.9.9, Application startup complete.',
    'INFO:     127.0.0.1:1 - "GET /v1/models?x=No+available+memory+for+the+cache+blocks HTTP/1.1" 403 Forbidden',
    'INFO 11-23 [launcher.py:195] Route: /health, Methods: GET',
    '',
  ])('skips %s', (line) => {
    expect(parseLogLine(line)).toEqual({})
  })

  it.each([
    'NCCL version 2.21.5+cuda12.4',
    'Using FlashAttention version 3',
    'pydantic version 2.14.0',
  ])('does not take %s for a start', (line) => {
    expect(parseLogLine(line)).not.toHaveProperty('isProcessStart')
  })

  it('never throws and stays quick, whatever a line holds', () => {
    const piece = fc.constantFrom(
      'Loading',
      'shards:',
      '% Completed |',
      'invalid choice: ',
      "'",
      '█',
      '\x1b[9',
      'pid=',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), (pieces) => {
        parseLogLine(pieces.join(''))
      }),
    )
    const startedMs = performance.now()
    for (const piece of ["invalid choice: 'a'", 'Loading shards: ', '▀ version ', 'Request x '])
      parseLogLine(piece.repeat(1_000_000))
    expect(performance.now() - startedMs).toBeLessThan(1000)
  })
})

describe('parseLogLine on whole recorded logs', () => {
  const milestonesOf = (lines: string[]) => {
    const seen: string[] = []
    for (const line of lines) {
      const { milestone } = parseLogLine(line)
      if (milestone !== undefined && seen.at(-1) !== milestone) seen.push(milestone)
    }
    return seen
  }

  it('follows vLLM 0.32 on a CPU', () => {
    const lines = linesOf('vllm-0.32.0.startup.enforce-eager')
    expect(milestonesOf(lines).slice(0, 11)).toEqual([
      'banner',
      'resolved',
      'engine-init',
      'load-start',
      'shards',
      'weights-loaded',
      'kv-memory',
      'kv-size',
      'engine-ready',
      'serving',
      'ready',
    ])
    const parsed = lines.map(parseLogLine)
    expect(parsed.filter((line) => line.isProcessStart)).toHaveLength(1)
    expect(Object.assign({}, ...parsed.map((line) => line.facts))).toEqual({
      version: '0.32.0',
      model: '/models/smollm2',
      architecture: 'LlamaForCausalLM',
      maxModelLen: 4096,
      dtype: 'bfloat16',
      weightsLoadMs: 350,
      kvCacheGib: 1,
      kvCacheTokens: 46_592,
      maxConcurrency: 11.38,
      engineInitMs: 600,
    })
  })

  it('follows the compiling start of vLLM 0.32 on a CPU', () => {
    const text = readFileSync(
      new URL('./__fixtures__/vllm-0.32.0.startup.compile.log', import.meta.url),
      'utf8',
    )
    expect(milestonesOf(text.split('\n')).slice(5, 11)).toEqual([
      'weights-loaded',
      'compile-start',
      'compile',
      'warmed-up',
      'kv-memory',
      'kv-size',
    ])
  })

  it('follows vLLM 0.26 on a GPU, both bars of the graphs included', () => {
    const lines = linesOf('vllm-0.26.0-gpu.startup.compile-cold')
    expect(milestonesOf(lines).slice(0, 15)).toEqual([
      'banner',
      'resolved',
      'engine-init',
      'load-start',
      'weights-loaded',
      'compile-start',
      'compile',
      'compiled',
      'warmed-up',
      'kv-memory',
      'kv-size',
      'graphs',
      'graphs-done',
      'engine-ready',
      'serving',
    ])
    const parsed = lines.map(parseLogLine)
    const bars = parsed
      .filter((line) => line.milestone === 'graphs')
      .map((line) => line.stagePercent)
    expect(bars.filter((percent) => percent === 0)).toHaveLength(2)
    expect(Object.assign({}, ...parsed.map((line) => line.facts))).toMatchObject({
      version: '0.26.0',
      model: '/models/qwen3-4b',
      weightsGib: 7.64,
      compileMs: 23_990,
      kvCacheTokens: 853_504,
      graphsGib: 0.61,
      activationGib: 0.74,
    })
  })

  it('reads the length that was fitted', () => {
    const parsed = linesOf('vllm-0.26.0-gpu.startup.max-model-len-auto').map(parseLogLine)
    expect(Object.assign({}, ...parsed.map((line) => line.facts)).maxModelLen).toBeLessThan(262_144)
  })

  it.each([
    [
      'gpu-already-in-use',
      ['engine-core-failed', 'gpu-memory-taken', 'gpu-memory-taken', 'engine-core-failed'],
    ],
    [
      'kv-smaller-than-max-model-len',
      ['engine-core-failed', 'kv-too-small', 'kv-too-small', 'engine-core-failed'],
    ],
    [
      'max-model-len-needs-more-kv',
      ['engine-core-failed', 'kv-too-small', 'kv-too-small', 'engine-core-failed'],
    ],
    [
      'no-memory-for-cache-blocks',
      ['engine-core-failed', 'no-kv-memory', 'no-kv-memory', 'engine-core-failed'],
    ],
    ['max-model-len-above-the-models', ['max-model-len-too-large']],
  ])('finds the fatal lines of %s and no other', (file, codes) => {
    const parsed = linesOf(`vllm-0.26.0-gpu.fatal.${file}`).map(parseLogLine)
    expect(parsed.flatMap((line) => line.failure?.code ?? [])).toEqual(codes)
  })

  it('finds nothing fatal in the starts that went well', () => {
    const lines = [
      ...linesOf('vllm-0.26.0-gpu.startup.compile-cold'),
      ...linesOf('vllm-0.26.0-gpu.startup.max-model-len-auto'),
    ]
    expect(lines.flatMap((line) => parseLogLine(line).failure ?? [])).toEqual([])
  })

  it('reads stamps that can be subtracted', () => {
    const stamps = linesOf('vllm-0.26.0-gpu.startup.compile-cold').flatMap(
      (line) => parseLogLine(line).loggedAtMs ?? [],
    )
    expect((stamps.at(-1) ?? 0) - (stamps[0] ?? 0)).toBe(247_000)
  })
})
