/**
 * Every option of `vllm serve` from 0.8 to 0.32, each under the minor version it came with, read from
 * the argument parsers of the published wheels. `=` takes a value, `=+` several, neither a plain flag
 * (which also has a `--no-` form); `~0.18` is the minor version it was gone in.
 */
const HISTORY = `
0.8: additional-config= allow-credentials allowed-headers= allowed-local-media-path=
  allowed-methods= allowed-origins= api-key=+ block-size= calculate-kv-scales~0.28 chat-template=
  chat-template-content-format= code-revision= collect-detailed-traces=+ compilation-config=
  config-format= cpu-offload-gb= data-parallel-size= device=~0.10 disable-async-output-proc~0.11
  disable-cascade-attn disable-chunked-mm-input disable-custom-all-reduce disable-fastapi-docs
  disable-frontend-multiprocessing~0.19 disable-log-requests~0.17 disable-log-stats
  disable-mm-preprocessor-cache~0.13 disable-sliding-window disable-uvicorn-access-log
  distributed-executor-backend= download-dir= dtype= enable-auto-tool-choice
  enable-chunked-prefill enable-expert-parallel enable-lora enable-lora-bias~0.11
  enable-prefix-caching enable-prompt-adapter~0.10 enable-prompt-tokens-details
  enable-reasoning~0.10 enable-request-id-headers enable-server-load-tracking enable-sleep-mode
  enable-ssl-refresh enforce-eager fully-sharded-loras generation-config= gpu-memory-utilization=
  guided-decoding-backend=~0.11 hf-config-path= hf-overrides= hf-token= host= ignore-patterns=+
  kv-cache-dtype= kv-transfer-config= limit-mm-per-prompt= load-format=
  logits-processor-pattern=~0.17 long-lora-scaling-factors=~0.10 long-prefill-token-threshold=
  lora-dtype= lora-extra-vocab-size=~0.12 lora-modules=+ max-cpu-loras= max-log-len= max-logprobs=
  max-long-partial-prefills=~0.27 max-lora-rank= max-loras= max-model-len= max-num-batched-tokens=
  max-num-partial-prefills=~0.27 max-num-seqs= max-parallel-loading-workers=
  max-prompt-adapter-token=~0.10 max-prompt-adapters=~0.10 max-seq-len-to-capture=~0.11
  middleware= mm-processor-kwargs= model= model-impl= model-loader-extra-config=
  multi-step-stream-outputs=~0.10 num-gpu-blocks-override= num-lookahead-slots=~0.12
  num-scheduler-steps=~0.10 otlp-traces-endpoint= override-generation-config=
  override-neuron-config=~0.10 override-pooler-config=~0.12 pipeline-parallel-size= port=
  preemption-mode=~0.11 prefix-caching-hash-algo= prompt-adapters=~0.10
  qlora-adapter-name-or-path=~0.10 quantization= ray-workers-use-nsight reasoning-parser=
  response-role= return-tokens-as-token-ids revision= root-path= rope-scaling=~0.11
  rope-theta=~0.11 scheduler-cls= scheduler-delay-factor=~0.11 scheduling-policy= seed=
  served-model-name=+ show-hidden-metrics-for-version= skip-tokenizer-init speculative-config=
  ssl-ca-certs= ssl-cert-reqs= ssl-certfile= ssl-keyfile= swap-space=~0.18 task=~0.13
  tensor-parallel-size= tokenizer= tokenizer-mode= tokenizer-pool-extra-config=~0.10
  tokenizer-pool-size=~0.10 tokenizer-pool-type=~0.10 tokenizer-revision= tool-call-parser=
  tool-parser-plugin= trust-remote-code use-tqdm-on-load use-v2-block-manager~0.10
  uvicorn-log-level= worker-cls= worker-extension-cls=
0.9: cuda-graph-sizes=~0.13 data-parallel-address= data-parallel-backend= data-parallel-rank=
  data-parallel-rpc-port= data-parallel-size-local= disable-hybrid-kv-cache-manager enable-eplb
  enable-force-include-usage enable-multimodal-encoder-data-parallel~0.13 enable-prompt-embeds
  eplb-log-balancedness~0.12 eplb-step-interval=~0.12 eplb-window-size=~0.12
  expand-tools-even-if-tool-choice-none~0.10 guided-decoding-disable-additional-properties~0.11
  guided-decoding-disable-any-whitespace~0.11 guided-decoding-disable-fallback~0.11
  kv-events-config= log-config-file= media-io-kwargs= num-redundant-experts=~0.12
  override-attention-dtype=~0.28 pt-load-map-location=
0.10: api-server-count= async-scheduling config= convert= data-parallel-hybrid-lb
  data-parallel-start-rank= decode-context-parallel-size= default-mm-loras= enable-log-outputs
  enable-log-requests enable-tokenizer-info-endpoint eplb-config=
  exclude-tools-when-tool-choice-none h11-max-header-count= h11-max-incomplete-event-size=
  headless interleave-mm-strings io-processor-plugin= kv-cache-memory-bytes=
  kv-sharing-fast-prefill log-error-stack logits-processors=+ logprobs-mode= mamba-cache-dtype=
  mamba-ssm-cache-dtype= mm-encoder-tp-mode= mm-processor-cache-gb= runner=
  safetensors-load-strategy= skip-mm-profiling tool-server= uds=
0.11: aggregate-engine-logging all2all-backend= allowed-media-domains=+ cudagraph-capture-sizes=+
  data-parallel-external-lb dbo-decode-token-threshold= dbo-prefill-token-threshold=
  dcp-kv-cache-interleave-size= disable-nccl-for-dp-synchronization ec-transfer-config= enable-dbo
  enable-mm-embeds expert-placement-strategy= kv-offloading-backend= kv-offloading-size=
  mamba-block-size= master-addr= master-port= max-cudagraph-capture-size= mm-encoder-attn-backend=
  mm-processor-cache-type= mm-shm-cache-max-object-size-mb= nnodes= node-rank= pooler-config=
  reasoning-parser-plugin= stream-interval= structured-outputs-config= tokens-only
  trust-request-chat-template video-pruning-rate=
0.12: cp-kv-cache-interleave-size= kv-cache-metrics kv-cache-metrics-sample= optimization-level=
  prefill-context-parallel-size=
0.13: attention-backend= attention-config= cudagraph-metrics enable-layerwise-nvtx-tracing
  profiler-config=
0.14: allow-deprecated-quantization default-chat-template-kwargs= enable-log-deltas
  enable-logging-iteration-details enable-mfu-metrics enable-offline-docs
  enable-return-routed-experts enable-tower-connector-lora ubatch-size=
0.15: mamba-cache-mode= mm-encoder-only ssl-ciphers=
0.16: disable-access-log-for-endpoints= enable-flashinfer-autotune kernel-config=
  specialize-active-lora weight-transfer-config=
0.17: cpu-offload-params=+ enable-elastic-ep fail-on-environ-validation language-model-only
  moe-backend= offload-backend= offload-group-size= offload-num-in-group= offload-params=+
  offload-prefetch-step= performance-mode= use-gpu-for-pooling-score~0.18
0.18: dcp-comm-backend= distributed-timeout-seconds= enable-ep-weight-filter gdn-prefill-backend=
  shutdown-timeout=
0.19: kv-cache-dtype-skip-layers=+ lora-target-modules=+ mm-tensor-ipc= reasoning-config=
  renderer-num-workers= scheduler-reserve-full-isl
0.20: enable-flash-late-interaction enable-mamba-cache-stochastic-rounding grpc ir-op-priority=
  mamba-backend= mamba-cache-philox-rounds= numa-bind numa-bind-cpus=+ numa-bind-nodes=+
0.21: fingerprint-mode= fingerprint-value= mm-encoder-attn-dtype= mm-encoder-fp8-scale-path=
  mm-encoder-fp8-scale-save-margin= mm-encoder-fp8-scale-save-path=
  safetensors-prefetch-block-size= safetensors-prefetch-num-threads=
0.22: cpu-distributed-timeout-seconds= data-parallel-multi-port-external-lb
  data-parallel-supervisor-port= dp-supervisor-probe-failure-threshold=
  dp-supervisor-probe-interval-s= dp-supervisor-probe-timeout-s= enable-cumem-allocator
  enable-mixed-moe-lora-format linear-backend= quantization-config= spec-method= spec-model=
  spec-tokens= use-fp64-gumbel
0.24: device-ids= diffusion-config= jit-monitor-verbose prefill-schedule-interval= watermark=
0.25: enable-per-request-metrics jit-monitor-mode= mm-ipc-gpu-memory-gb= model-class-overrides=
0.26: enable-bf16x3-router-gemm~0.30 enable-moe-shared-loras max-num-scheduled-tokens=
  prefix-match-unit=
0.27: cohere-format= cohere-is-reasoning-model enable-fault-tolerance fault-tolerance-config=
  kda-prefill-backend= mamba-ssu-algorithm= mm-hasher-algorithm= replayssm-buffer-len=
  use-replayssm video-pruning-method=
0.28: ec-manager-config= mm-device-do-normalize mm-processor-device= return-sampling-mask
0.29: dcp-q-replicate enable-batch-sharded-sampling enable-trace-replay max-num-queued-reqs=
  max-num-queued-tokens= per-request-spec-decode-metrics= prefix-cache-retention-interval=
  sse-keep-alive-interval=
0.30: dp-sync-interval= elastic-ep-max-dp-size= enable-mamba-fine-grained-prefix-cache~0.31
  enable-nccl-comm-suspend enable-scale-out engram-config= kda-decode-backend=
  sparse-indexer-topk-backend= watermark-config=
0.31: anthropic-disabled-thinking-effort= aux-output-config= device-memory-utilization=
  enable-mamba-shared-prefix-checkpoint log-level= logging-config=
  long-prefill-token-threshold-adaptive max-lora-cls-labels= max-num-active-seqs=
  sleep-preserve-parameter-names=+ swa-bounded-replay tool-strict-level= trust-request-mm-kwargs
0.32: custom-histogram-buckets= enable-hc-sp enable-shm-tensor-arena grpc-port=
  sleep-mode-offload-cudagraph
`

const SHORT_NAMES: Record<string, string> = {
  ac: 'attention-config',
  asc: 'api-server-count',
  cc: 'compilation-config',
  dp: 'data-parallel-size',
  dcp: 'decode-context-parallel-size',
  ep: 'enable-expert-parallel',
  pcp: 'prefill-context-parallel-size',
  pp: 'pipeline-parallel-size',
  q: 'quantization',
  sc: 'speculative-config',
  tp: 'tensor-parallel-size',
}

export type ServeFlag = {
  /** Without the dashes. */
  name: string
  arity: 'none' | 'one' | 'many'
  /** Minor version of the 0.x series; 8 also stands for everything older. */
  sinceMinor: number
  removedMinor: number | undefined
}

function parseEntry({ entry, sinceMinor }: { entry: string; sinceMinor: number }): ServeFlag {
  const [shape = '', removed] = entry.split('~0.')
  const name = shape.replace(/=\+?$/, '')
  return {
    name,
    arity: shape.endsWith('=+') ? 'many' : shape.endsWith('=') ? 'one' : 'none',
    sinceMinor,
    removedMinor: removed === undefined ? undefined : Number(removed),
  }
}

function parseHistory(text: string): Map<string, ServeFlag> {
  const flags = new Map<string, ServeFlag>()
  let sinceMinor = 0
  for (const word of text.split(/\s+/).filter((word) => word !== '')) {
    const version = /^0\.(\d+):$/.exec(word)?.[1]
    if (version === undefined) {
      const flag = parseEntry({ entry: word, sinceMinor })
      flags.set(flag.name, flag)
    } else {
      sinceMinor = Number(version)
    }
  }
  return flags
}

/** By name without dashes. */
export const SERVE_FLAGS: ReadonlyMap<string, ServeFlag> = parseHistory(HISTORY)

/** `tp` → `tensor-parallel-size`. */
export function findShortName(short: string): string | undefined {
  return Object.hasOwn(SHORT_NAMES, short) ? SHORT_NAMES[short] : undefined
}

export function isInVersion({ flag, minor }: { flag: ServeFlag; minor: number }): boolean {
  return flag.sinceMinor <= minor && (flag.removedMinor === undefined || minor < flag.removedMinor)
}
