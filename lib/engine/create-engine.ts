import { completeOneToken } from './complete-one-token'
import { countLooks, type EngineLook } from './count-looks'
import { createChatModel } from './create-chat-model'
import type { Engine } from './engine'
import {
  createEngineAgent,
  createEngineFetch,
  createEngineHttp,
  type EngineFetch,
  type EngineHttp,
} from './engine-http'
import { probeEngine } from './probe-engine'
import { readHealth } from './read-health'
import { readEngineMetrics } from './read-metrics'
import { type StreamContext, streamCompletion } from './stream-completion'
import { tokenizeMessages } from './tokenize'

const STALL_MS = 30_000
const LOOK_TIMEOUT_MS = 3000
const DEATH_TIMEOUT_MS = 1000

/** The one client of an engine; `close` ends its connections, and streams that still run with them. */
export function createEngine(options: {
  /** Ends in /v1, without credentials. */
  baseUrl: string
  apiKey?: string
  /** Monotonic ms: the clock of every event's times. */
  now?: () => number
  /** Silence between two tokens that ends a stream. */
  stallMs?: number
  /** Silence before the first token, where the engine has no /metrics. */
  firstTokenMs?: number
  /** Told of each look at the engine (health, models, version, metrics) after it ended. */
  onLook?: (look: EngineLook) => void
  /** For tests; the default is undici's, with connections of its own. */
  fetch?: EngineFetch
}): Engine {
  const { baseUrl, apiKey, stallMs = STALL_MS, firstTokenMs } = options
  const agent = createEngineAgent()
  const fetch = options.fetch ?? createEngineFetch(agent)
  const key = apiKey === undefined ? {} : { apiKey }
  const http = countLooks({ http: createEngineHttp({ baseUrl, fetch, ...key }), ...options })
  const context: StreamContext = {
    model: createChatModel({ baseUrl, ...key }),
    ...key,
    fetch,
    now: options.now ?? (() => performance.now()),
    load: { active: 0 },
    stallMs,
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
    look: () => readEngineMetrics({ http, timeoutMs: LOOK_TIMEOUT_MS }),
    isDead: (signal) => isDead({ http, signal }),
  }
  return {
    baseUrl,
    streamCompletion: (request) => streamCompletion(request, context),
    completeOneToken: (request) => completeOneToken({ http, ...key, ...request }),
    probe: (probe) => probeEngine({ http, ...probe }),
    readMetrics: (limits = {}) => readEngineMetrics({ http, ...limits }),
    tokenize: (request) => tokenizeMessages({ http, ...request }),
    close: () => agent.destroy(),
  }
}

/** Its port is shut, or it says so itself. */
async function isDead(options: { http: EngineHttp; signal: AbortSignal }): Promise<boolean> {
  const health = await readHealth({ ...options, timeoutMs: DEATH_TIMEOUT_MS })
  if (health.kind === 'unavailable') return !health.isLoading
  return health.kind === 'failed' && health.error.code === 'engine_unreachable'
}
