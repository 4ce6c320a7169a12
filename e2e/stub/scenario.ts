/** A line of the log, so many milliseconds after the engine started. */
export type LogLine = { atMs: number; text: string }

/** A recorded log (`{"t": seconds, "s": text}` a line), written `speed` times as fast as it was recorded. */
export type LogReplay = { file: string; speed: number; until: 'ready' | 'end' }

export type ErrorShape = 'nested' | 'flat' | 'unauthorized' | 'detail' | 'html'

export type FaultyAnswer = {
  when: 'first' | 'mid'
  afterTokens: number
  status: number
  shape: ErrorShape
  message?: string
  type?: string
  body?: string
  headers?: Record<string, string>
}

export type Cut = { afterTokens: number; how: 'fin' | 'rst' }

/** What the engine is: one value at a time, whoever asks. */
export type EngineScenario = {
  modelId: string
  servedModels: string[]
  modelRoot: string
  maxModelLen: number
  kvCacheTokens: number
  blockSize: number
  maxNumSeqs: number
  apiKey: string
  version: string
  requestIdHeaders: boolean
  logRequests: boolean
  loadingMs: number
  loadingMode: 'refuse' | '503'
  startLog: 'vllm' | 'none'
  logLines: LogLine[]
  logReplay: LogReplay | null
  statsIntervalMs: number
  healthMode: 'ok' | '503' | 'hang'
  modelsStatus: number
  modelsShape: ErrorShape | 'auto'
  sleeping: boolean
  wedge: boolean
  metricNames: 'today' | 'old'
  preemptions: number
}

/** How one answer goes; it can differ by session. */
export type RequestScenario = {
  queueMs: number
  ttftMs: number
  prefillMsPerToken: number
  tokenDelayMs: number
  tokenCount: number
  text: string
  tokens: string[]
  stampTokens: boolean
  reasoningText: string
  reasoningField: 'reasoning' | 'reasoning_content'
  finishReason: string
  overrunTokens: number
  includeUsage: boolean
  includeCachedTokens: boolean
  includeMetrics: boolean
  cachedTokens: number | null
  error: FaultyAnswer | null
  bareDone: boolean
  noDone: boolean
  noFinish: boolean
  cut: Cut | null
  stallAfterTokens: number | null
  keepAliveCommentMs: number
  splitBytes: number
  crlf: boolean
  html: boolean
  redirectTo: string
  redirectStatus: number
  giantLineBytes: number
  malformedLines: number
}

export type Scenario = EngineScenario & RequestScenario

/** With `match`, only for requests that carry this `X-Session-ID`. */
export type ScenarioPatch = { [Key in keyof Scenario]?: Scenario[Key] | null } & {
  match?: { sessionId: string }
}
