import type { ErrorDetails } from '@/lib/domain/error'
import type { StartFailure } from '@/lib/domain/readiness'
import { blotOutKeys } from './safe-reason'

/** A fatal line. A general one only says that there is a cause, and stands before or after it. */
export type LogFailure = StartFailure & { isGeneral: boolean }

type FailurePattern = {
  code: string
  pattern: RegExp
  /** Names of the groups; a figure becomes a number, an absent group is left out. */
  keys?: readonly string[]
  suggest?: (details: ErrorDetails) => ErrorDetails
  isGeneral?: true
}

const MAX_LINE_CHARACTERS = 500

/** In this order: where two match one line, the first names it. */
const FAILURES: readonly FailurePattern[] = [
  {
    code: 'gpu-memory-taken',
    pattern:
      /Free memory on device .*?\(([\d.]+)\/([\d.]+) GiB\) on startup is less than desired GPU memory utilization \(([\d.]+), ([\d.]+) GiB\)/,
    keys: ['freeGib', 'totalGib', 'wantedFraction', 'wantedGib'],
    suggest: ({ freeGib, totalGib }) => {
      const fraction = Math.floor((Number(freeGib) / Number(totalGib)) * 100) / 100
      return fraction > 0 ? { suggestedFraction: fraction } : {}
    },
  },
  {
    code: 'cpu-memory-low',
    pattern:
      /Available memory on node \d+ \(([\d.]+)\/([\d.]+) GiB\) on (?:startup|kv cache allocation)/,
    keys: ['freeGib', 'totalGib'],
    suggest: ({ freeGib }) => ({ suggestedGib: Math.max(1, Math.floor(Number(freeGib) / 2)) }),
  },
  { code: 'no-kv-memory', pattern: /No available memory for the cache blocks/ },
  {
    code: 'kv-too-small',
    pattern:
      /To serve at least one request with the model(?:s?'s) max seq len \((\d+)\), \(?([\d.]+) GiB KV cache is needed, which is larger than the available KV cache memory \(([\d.]+) GiB\)(?:\. Based on the available memory, the estimated maximum model length is (\d+))?/,
    keys: ['maxModelLen', 'neededGib', 'availableGib', 'estimatedMaxModelLen'],
    suggest: ({ estimatedMaxModelLen: estimate }) => {
      const tokens = Math.floor(Number(estimate ?? 0) / 1024) * 1024
      return tokens > 0 ? { suggestedMaxModelLen: tokens } : {}
    },
  },
  { code: 'cannot-auto-fit', pattern: /Cannot auto-fit max_model_len/ },
  {
    code: 'max-model-len-too-large',
    pattern:
      /User-specified max_model_len \((\d+)\) is greater than the derived max_model_len \((?:\w+=(\d+))?/,
    keys: ['maxModelLen', 'modelMaxLen'],
  },
  {
    code: 'batched-tokens-too-small',
    pattern:
      /max_num_batched_tokens \((\d+)\) (?:is smaller than max_model_len \((\d+)\)|must be greater than or equal to max_num_seqs(?: \((\d+)\))?)/,
    keys: ['maxBatchedTokens', 'maxModelLen', 'maxSequences'],
  },
  {
    code: 'quantization-mismatch',
    pattern:
      /Quantization method specified in the model config \(([^)]*)\) does not match the quantization method specified in the `quantization` argument \(([^)]*)\)/,
    keys: ['modelMethod', 'wantedMethod'],
  },
  {
    code: 'quantization-config-missing',
    pattern: /Cannot find the config file for (\w+)/,
    keys: ['method'],
  },
  {
    code: 'quantization-unknown',
    pattern:
      /Unknown quantization method: ([\w-]+)|argument --quantization.*?invalid choice: '([^']+)'|invalid choice: '([^']+)'.*quantization|argument --quantization/,
    keys: ['method', 'method', 'method'],
  },
  {
    code: 'quantization-unsupported-gpu',
    pattern:
      /The quantization method (\S+) is not supported for the current GPU\. Minimum capability: (\d+)\.\s+Current capability: (\d+)/,
    keys: ['method', 'minimumCapability', 'capability'],
  },
  {
    code: 'quantization-dtype',
    pattern:
      /torch\.(\w+) is not supported for quantization method (\S+)\. Supported dtypes: ([^\n]*)/,
    keys: ['dtype', 'method', 'supported'],
  },
  {
    code: 'bfloat16-unsupported',
    pattern: /Bfloat16 is only supported on GPUs with compute capability of at least 8\.0/,
  },
  {
    code: 'gpu-out-of-memory',
    pattern:
      /(?:(?:cuda\.)?OutOfMemoryError|CUDA out of memory|HIP out of memory|Failed to load model - not enough GPU memory)(?:.*?Tried to allocate ([\d.]+ [GMK]iB))?(?:.*?total capacity of ([\d.]+) GiB)?/,
    keys: ['allocation', 'totalGib'],
  },
  {
    code: 'model-gated',
    pattern:
      /gated repo|GatedRepoError|Access to model .* is restricted|401 Client Error|403 Forbidden/i,
  },
  {
    code: 'model-not-found',
    pattern:
      /RepositoryNotFoundError|Repository Not Found|is not a valid model identifier|Invalid repository ID or local directory specified|Cannot find any model weights with/i,
  },
  {
    code: 'hub-unreachable',
    // The library says "thrown while requesting" before it tries again.
    pattern:
      /^(?!.*thrown while requesting).*?(?:ConnectionError.*huggingface|Max retries exceeded with url.*huggingface|couldn't connect to '?https:\/\/huggingface\.co|LocalEntryNotFoundError|HF_HUB_OFFLINE)/i,
  },
  {
    code: 'port-in-use',
    pattern: /\[Errno 98\]|Address already in use|EADDRINUSE/i,
  },
  { code: 'disk-full', pattern: /\[Errno 28\]|No space left on device/i },
  {
    code: 'too-few-gpus',
    pattern: /World size \((\d+)\) is larger than the number of available GPUs \((\d+)\)/,
    keys: ['worldSize', 'gpus'],
  },
  {
    code: 'heads-not-divisible',
    pattern:
      /Total number of attention heads \((\d+)\) must be divisible by tensor parallel size \((\d+)\)/,
    keys: ['heads', 'tensorParallelSize'],
  },
  {
    code: 'no-device',
    pattern:
      /Failed to infer device type|No CUDA GPUs are available|libcuda\.so\S*: cannot open|Found no NVIDIA driver|driver on your system is too old/,
  },
  {
    code: 'architecture-unsupported',
    pattern:
      /Model architectures (.*) are not supported for now|does not recognize this architecture/,
    keys: ['architecture'],
  },
  {
    code: 'bad-arguments',
    pattern: /error: unrecognized arguments?: (.+)|error: (argument .+)/,
    keys: ['arguments', 'arguments'],
  },
  { code: 'terminated', pattern: /KeyboardInterrupt: terminated/ },
  {
    code: 'engine-core-failed',
    pattern:
      /Engine core initialization failed|EngineCore failed to start|EngineCore encountered a fatal error|EngineDeadError|Engine process failed to start|Worker proc .* died unexpectedly|WorkerProc (?:initialization failed|failed to start)/,
    isGeneral: true,
  },
]

const HARMLESS_LEVEL =
  /\b(?:INFO|DEBUG|WARNING)(?::\s{2,}| \d\d-\d\d \d\d:\d\d)|"level(?:name)?":\s*"(?:info|debug|warning)"/i

/** The fatal pattern that a line without control sequences matches; a line of level WARNING or below is never fatal. */
export function findFailure(line: string): LogFailure | undefined {
  if (HARMLESS_LEVEL.test(line)) return undefined
  for (const { code, pattern, keys = [], suggest, isGeneral = false } of FAILURES) {
    const match = pattern.exec(line)
    if (match === null) continue
    const details = toDetails({ groups: match.slice(1), keys })
    return {
      code,
      details: { ...details, ...suggest?.(details) },
      line: toShownLine(line),
      isGeneral,
    }
  }
  return undefined
}

function toDetails(options: {
  groups: readonly (string | undefined)[]
  keys: readonly string[]
}): ErrorDetails {
  const details: ErrorDetails = {}
  for (const [index, key] of options.keys.entries()) {
    const text = options.groups[index]?.trim()
    if (text === undefined || text === '') continue
    details[key] = /^\d[\d.]*$/.test(text) ? Number(text) : blotOutKeys(text).slice(0, 200)
  }
  return details
}

/** Without the prefixes of process, level, time and place. */
function toShownLine(line: string): string {
  const bare = line
    .replace(/^\s*(?:\([\w-]+ pid=\d+\)\s*)*/, '')
    .replace(/^(?:[A-Z]+ \d\d-\d\d [\d:]+ \[[^\]]*\]|ERROR:)\s*/, '')
  return blotOutKeys(bare).trim().slice(0, MAX_LINE_CHARACTERS)
}
