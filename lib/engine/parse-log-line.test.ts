import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LogLine, parseLogLine } from './parse-log-line'

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
