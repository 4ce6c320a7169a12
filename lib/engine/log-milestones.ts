import type { ErrorDetails } from '@/lib/domain/error'
import type { StartStage } from '@/lib/domain/readiness'

/** The points of a vLLM start that its log shows, in their order. */
export type Milestone =
  | 'banner'
  | 'resolved'
  | 'engine-init'
  | 'load-start'
  | 'download'
  | 'downloaded'
  | 'shards'
  | 'weights-loaded'
  | 'compile-start'
  | 'compile'
  | 'compiled'
  | 'warmed-up'
  | 'kv-memory'
  | 'kv-size'
  | 'graphs'
  | 'graphs-done'
  | 'engine-ready'
  | 'serving'
  | 'ready'

type Groups = readonly (string | undefined)[]

export type MilestonePattern = {
  milestone: Milestone
  /** Absent: what stage it is depends on what came before. */
  stage?: StartStage
  pattern: RegExp
  facts?: (groups: Groups) => Record<string, string | number | undefined>
  /** The group that holds 0–100. */
  percentGroup?: number
}

const toNumber = (text: string | undefined) =>
  text === undefined ? undefined : Number(text.replaceAll(',', ''))

const toMs = (text: string | undefined) =>
  text === undefined ? undefined : Math.round(Number(text) * 1000)

const toName = (text: string | undefined) => text?.replace(/[\p{C}]/gu, '').slice(0, 300)

/** Never anchored: versions, containers and collectors put their own prefixes before a line. */
export const MILESTONES: readonly MilestonePattern[] = [
  {
    milestone: 'banner',
    stage: 'starting',
    pattern: /vLLM (?:API )?server version\s+([^\s,]+),?(?:\s+serving model (\S+))?/,
    facts: ([, version, model]) => ({ version: toName(version), model: toName(model) }),
  },
  {
    milestone: 'banner',
    stage: 'starting',
    pattern: /[▀▄█].*\bversion\s+(\d+\.\d+\.\d+\S*)\s*$/,
    facts: ([, version]) => ({ version: toName(version) }),
  },
  {
    milestone: 'resolved',
    stage: 'resolving',
    pattern: /Resolved architecture:\s*(\S+)|This model supports multiple tasks/,
    facts: ([, architecture]) => ({ architecture: toName(architecture) }),
  },
  {
    milestone: 'resolved',
    stage: 'resolving',
    pattern: /Using max model len (\d+)/,
    facts: ([, length]) => ({ maxModelLen: toNumber(length) }),
  },
  {
    milestone: 'engine-init',
    stage: 'resolving',
    pattern:
      /Initializing a V[01] LLM engine \(v([^)]+)\) with config: (?:model='([^']+)')?(?:.*?\bdtype=torch\.(\w+))?(?:.*?\bquantization=([\w-]+))?/,
    facts: ([, version, model, dtype, quantization]) => ({
      version: toName(version),
      model: toName(model),
      dtype: toName(dtype),
      quantization: quantization === 'None' ? undefined : toName(quantization),
    }),
  },
  {
    milestone: 'load-start',
    pattern: /Starting to load model (\S+?)\.\.\.|Loading model from scratch\.\.\./,
    facts: ([, model]) => ({ model: toName(model) }),
  },
  {
    milestone: 'download',
    stage: 'downloading',
    pattern:
      /(?:[\w.-]+\.(?:safetensors|bin|pt|gguf)|Fetching \d+ files|Downloading shards):\s+(\d+)%\|/,
    percentGroup: 1,
  },
  {
    milestone: 'downloaded',
    stage: 'weights',
    pattern: /Time spent downloading weights for \S+: ([\d.]+) seconds/,
    facts: ([, seconds]) => ({ downloadMs: toMs(seconds) }),
  },
  {
    milestone: 'shards',
    stage: 'weights',
    pattern: /(?:Loading|Multi-thread loading)[^:]*?shards:\s+(\d+)% Completed \| (\d+)\/(\d+)/,
    percentGroup: 1,
  },
  {
    milestone: 'weights-loaded',
    stage: 'weights',
    pattern: /Loading weights took ([\d.]+) seconds/,
    facts: ([, seconds]) => ({ weightsLoadMs: toMs(seconds) }),
  },
  {
    milestone: 'weights-loaded',
    stage: 'weights',
    pattern:
      /(?:Model loading took|[Ll]oading model weights took) ([\d.]+) (?:GiB|GB)(?:(?: memory)? and ([\d.]+) seconds)?/,
    facts: ([, gib, seconds]) => ({ weightsGib: toNumber(gib), weightsLoadMs: toMs(seconds) }),
  },
  {
    milestone: 'compile-start',
    stage: 'compiling',
    pattern:
      /Starting torch\.compile|Using cache directory: \S+ for vLLM's torch\.compile|Warming up model for the compilation/,
  },
  {
    milestone: 'compile',
    stage: 'compiling',
    pattern:
      /Dynamo bytecode transform time: [\d.]+ s|Cache the graph of compile range|Compiling a graph for .*? takes [\d.]+ s|Directly load (?:the compiled graph|AOT compilation)|saved AOT compiled function/,
  },
  {
    milestone: 'compiled',
    stage: 'compiling',
    pattern: /torch\.compile (?:takes|took) ([\d.]+) s in total/,
    facts: ([, seconds]) => ({ compileMs: toMs(seconds) }),
  },
  {
    milestone: 'warmed-up',
    stage: 'compiling',
    pattern: /Initial profiling\/warmup run took [\d.]+ s|Warming up done/,
  },
  {
    milestone: 'kv-memory',
    stage: 'kv-cache',
    pattern: /Profiling CUDA graph memory|Estimated CUDA graph memory/,
  },
  {
    milestone: 'kv-memory',
    stage: 'kv-cache',
    pattern:
      /Available KV cache memory: (-?[\d.]+) GiB|(?:Auto|Explicitly) set \(([\d.]+)\/[\d.]+\)? GiB for KV cache/,
    facts: ([, gpuGib, cpuGib]) => ({ kvCacheGib: toNumber(gpuGib ?? cpuGib) }),
  },
  {
    milestone: 'kv-size',
    stage: 'kv-cache',
    pattern:
      /Auto-fit max_model_len: (?:reduced from \d+ to (\d+)|full model context length (\d+) fits)/,
    facts: ([, reduced, full]) => ({ maxModelLen: toNumber(reduced ?? full) }),
  },
  {
    milestone: 'kv-size',
    stage: 'kv-cache',
    pattern: /\b[A-Z]+ KV cache size: ([\d,]+) tokens/,
    facts: ([, tokens]) => ({ kvCacheTokens: toNumber(tokens) }),
  },
  {
    milestone: 'kv-size',
    stage: 'kv-cache',
    pattern: /Maximum concurrency for [\d,]+ tokens per request: ([\d.]+)x/,
    facts: ([, times]) => ({ maxConcurrency: toNumber(times) }),
  },
  {
    milestone: 'graphs',
    stage: 'graphs',
    pattern: /Capturing CUDA graphs?(?: \(([^)]*)\)| shapes)?:\s+(\d+)%\|.*?\| (\d+)\/(\d+)/,
    percentGroup: 2,
  },
  {
    milestone: 'graphs-done',
    stage: 'graphs',
    pattern: /Graph capturing finished in (\d+) secs?(?:, took (-?[\d.]+) GiB)?/,
    facts: ([, seconds, gib]) => ({ graphsMs: toMs(seconds), graphsGib: toNumber(gib) }),
  },
  {
    milestone: 'graphs-done',
    stage: 'graphs',
    pattern:
      /Free memory on device \([\d.]+\/([\d.]+) GiB\) on startup\. Desired GPU memory utilization is \(([\d.]+), [\d.]+ GiB\)\..*? ([\d.]+) GiB for peak activation/,
    facts: ([, total, fraction, activation]) => ({
      gpuTotalGib: toNumber(total),
      gpuMemoryFraction: toNumber(fraction),
      activationGib: toNumber(activation),
    }),
  },
  {
    milestone: 'engine-ready',
    stage: 'serving',
    pattern: /init engine \([^)]*\) took ([\d.]+) s(?:econds)?/,
    facts: ([, seconds]) => ({ engineInitMs: toMs(seconds) }),
  },
  {
    milestone: 'serving',
    stage: 'serving',
    pattern:
      /Supported[_ ]tasks: |Starting vLLM (?:API )?server(?: \d+)? on |Started server process/,
  },
  { milestone: 'ready', stage: 'started', pattern: /Application startup complete\./ },
  // Only a serving engine prints it; where stderr is not kept, it is the only sign.
  {
    milestone: 'ready',
    stage: 'started',
    pattern:
      /Avg prompt throughput: [\d.]+ tokens\/s, Avg generation throughput: [\d.]+ tokens\/s, Running: \d+ reqs?,/,
  },
]

export function toFacts(found: Record<string, string | number | undefined>): ErrorDetails {
  const facts: ErrorDetails = {}
  for (const [name, value] of Object.entries(found)) {
    if (value !== undefined && value !== '' && !Number.isNaN(value)) facts[name] = value
  }
  return facts
}
