import {
  cut,
  faultyAnswer,
  flag,
  httpStatus,
  integer,
  type KnobKind,
  logLines,
  logReplay,
  milliseconds,
  oneOf,
  optional,
  text,
  texts,
} from './knob-kinds.ts'
import type { EngineScenario, RequestScenario, Scenario } from './scenario.ts'

export type Knob<Value> = { default: Value; kind: KnobKind<Value>; help: string }

type Knobs<Of> = { [Key in keyof Of]: Knob<Of[Key]> }

function knob<Value>(kind: KnobKind<Value>, initial: Value, help: string): Knob<Value> {
  return { default: initial, kind, help }
}

const shapes = ['nested', 'flat', 'unauthorized', 'detail', 'html'] as const

export const ENGINE_KNOBS: Knobs<EngineScenario> = {
  modelId: knob(text, 'Qwen/Qwen3-4B-Instruct-2507', 'name of the served model'),
  servedModels: knob(texts, [], 'the ids /v1/models lists instead of modelId, the first is echoed'),
  modelRoot: knob(text, '', 'path or id of the weights ("root" of the model card), "" = modelId'),
  maxModelLen: knob(integer(1), 8192, 'context length; a longer prompt is refused as vLLM does'),
  kvCacheTokens: knob(integer(1), 91_008, 'size of the KV cache, also of the prefix cache'),
  blockSize: knob(integer(1), 16, 'tokens a cache block (16 on a GPU, 128 on CPU)'),
  maxNumSeqs: knob(integer(1), 256, 'requests that run at once, the rest waits in order'),
  apiKey: knob(text, '', 'guards /v1/*, "" = no key'),
  version: knob(text, '0.32.0', 'what /version, the log and the fingerprint say'),
  requestIdHeaders: knob(flag, true, 'answers carry x-request-id'),
  logRequests: knob(flag, true, 'the log names each request, its abort included'),
  loadingMs: knob(milliseconds, 0, 'time from start to ready'),
  loadingMode: knob(oneOf(['refuse', '503']), 'refuse', 'while loading: port refused, or 503'),
  startLog: knob(oneOf(['vllm', 'none']), 'vllm', 'lines of a vLLM start, spread over loadingMs'),
  logLines: knob(logLines, [], 'lines [{"atMs","text"}] instead of the start log'),
  logReplay: knob(
    optional(logReplay),
    null,
    'recorded log {"file","speed","until":"ready"|"end"} instead of the start log; file: a path or vllm-0.32.0/startup.enforce-eager.jsonl and the like; it decides when the engine is ready',
  ),
  statsIntervalMs: knob(milliseconds, 10_000, 'interval of the throughput line, 0 = none'),
  healthMode: knob(oneOf(['ok', '503', 'hang']), 'ok', 'how /health answers'),
  modelsStatus: knob(httpStatus, 200, 'status of /v1/models'),
  modelsShape: knob(
    oneOf(['auto', ...shapes]),
    'auto',
    'body of /v1/models when not the list; "html" also under 200',
  ),
  sleeping: knob(flag, false, 'engine_sleep_state says asleep, requests wait'),
  wedge: knob(flag, false, 'healthy, accepts, one request seems stuck, no token is ever produced'),
  metricNames: knob(
    oneOf(['today', 'old']),
    'today',
    'names in /metrics that later versions changed: as today, or as vLLM 0.8 had them',
  ),
  preemptions: knob(integer(), 0, 'value of vllm:num_preemptions_total'),
}

export const REQUEST_KNOBS: Knobs<RequestScenario> = {
  queueMs: knob(milliseconds, 0, 'extra time in the queue, before prefill'),
  ttftMs: knob(milliseconds, 20, 'prefill: scheduled to first token'),
  prefillMsPerToken: knob(milliseconds, 0, 'more prefill for each prompt token not in the cache'),
  tokenDelayMs: knob(milliseconds, 5, 'between two tokens'),
  tokenCount: knob(integer(), 0, 'tokens of text, cut or repeated, 0 = as the answer has'),
  text: knob(text, '', 'the answer, "" = chosen by the question'),
  tokens: knob(texts, [], 'the answer, token by token'),
  stampTokens: knob(
    flag,
    false,
    "the text of each token is when it was written: µs of the machine's monotonic clock and a space",
  ),
  reasoningText: knob(text, '', 'reasoning before the answer'),
  reasoningField: knob(
    oneOf(['reasoning', 'reasoning_content']),
    'reasoning',
    'its field in the delta',
  ),
  finishReason: knob(text, '', 'finish_reason to send, "" = the real one'),
  overrunTokens: knob(integer(), 0, 'tokens produced past max_tokens'),
  includeUsage: knob(flag, true, 'usage is sent when asked for'),
  includeCachedTokens: knob(flag, true, '--enable-prompt-tokens-details'),
  includeMetrics: knob(flag, true, '--enable-per-request-metrics'),
  cachedTokens: knob(optional(integer()), null, 'cached tokens to report, null = the real count'),
  error: knob(
    optional(faultyAnswer),
    null,
    'error {"when":"first"|"mid","afterTokens","status","shape","message","type","body","headers"}',
  ),
  bareDone: knob(flag, false, '200 and nothing but [DONE]'),
  noDone: knob(flag, false, 'no [DONE] at the end'),
  noFinish: knob(flag, false, 'no chunk with a finish_reason, no usage'),
  cut: knob(optional(cut), null, 'connection cut {"afterTokens","how":"fin"|"rst"}'),
  stallAfterTokens: knob(optional(integer()), null, 'goes silent after so many tokens'),
  keepAliveCommentMs: knob(milliseconds, 0, '": keep-alive" after so long a silence, 0 = never'),
  splitBytes: knob(integer(), 0, 'writes pieces of so many bytes, 0 = an event at a time'),
  crlf: knob(flag, false, 'event lines end with CRLF'),
  html: knob(flag, false, '200 text/html instead of an answer'),
  redirectTo: knob(text, '', 'redirect instead of an answer'),
  redirectStatus: knob(httpStatus, 307, 'its status'),
  giantLineBytes: knob(integer(), 0, 'a data line of so many bytes after the first token'),
  malformedLines: knob(integer(), 0, 'so many broken data lines after the first token'),
}

export const KNOBS: Knobs<Scenario> = { ...ENGINE_KNOBS, ...REQUEST_KNOBS }

export function isEngineKnob(name: string): name is keyof EngineScenario {
  return Object.hasOwn(ENGINE_KNOBS, name)
}

export function isKnob(name: string): name is keyof Scenario {
  return Object.hasOwn(KNOBS, name)
}
