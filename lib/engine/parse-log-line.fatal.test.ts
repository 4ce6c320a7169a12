import { describe, expect, it } from 'vitest'
import { parseLogLine } from './parse-log-line'

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
