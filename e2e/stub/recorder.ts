export type RecordedRequest = {
  number: number
  method: string
  /** With its query. */
  url: string
  headers: Record<string, string>
  /** The raw body, as it came. */
  body: string
  sessionId: string | undefined
  requestId: string | undefined
  /** Milliseconds since the epoch, as every …AtMs here. */
  receivedAtMs: number
  scheduledAtMs: number | undefined
  firstByteAtMs: number | undefined
  endedAtMs: number | undefined
  socketClosedAtMs: number | undefined
  closedBy: 'client' | 'stub' | undefined
  status: number | undefined
  promptTokens: number | undefined
  cachedTokens: number | undefined
  tokensSent: number
  textSent: string
}

/** What is asked for: `path` without query; `generation` = chat completions only. */
export type RequestFilter = {
  path?: string
  sessionId?: string
  state?: 'received' | 'first-byte' | 'ended' | 'socket-closed'
}

export type Gauges = { inFlight: number; maxInFlight: number; total: number }

export type Recorder = {
  add: (
    request: Pick<
      RecordedRequest,
      'method' | 'url' | 'headers' | 'body' | 'sessionId' | 'requestId' | 'receivedAtMs'
    >,
  ) => RecordedRequest
  /** Notes that its answer is over; only the first call counts. */
  end: (options: { request: RecordedRequest; closedBy: 'client' | 'stub' }) => void
  requests: (filter?: RequestFilter) => RecordedRequest[]
  /** Chat completions only. */
  gauges: () => Gauges
  /** Tells those who wait that something about a request has changed. */
  changed: () => void
  reset: () => void
  /** Resolves with the value as soon as it is not undefined, or with undefined at the deadline. */
  waitFor: <Value>(options: {
    read: () => Value | undefined
    timeoutMs: number
  }) => Promise<Value | undefined>
}

const MOST_RECORDS = 20_000
export const CHAT_PATH = '/v1/chat/completions'

export function toPath(url: string): string {
  return url.split('?')[0] ?? url
}

/** Milliseconds since the epoch with a monotonic clock's fraction. */
export function nowEpochMs(): number {
  return performance.timeOrigin + performance.now()
}

function isChat(request: RecordedRequest): boolean {
  return toPath(request.url) === CHAT_PATH
}

function isIn(options: { request: RecordedRequest; filter: RequestFilter }): boolean {
  const { request, filter } = options
  if (filter.path !== undefined && toPath(request.url) !== filter.path) return false
  if (filter.sessionId !== undefined && request.sessionId !== filter.sessionId) return false
  if (filter.state === 'first-byte') return request.firstByteAtMs !== undefined
  if (filter.state === 'ended') return request.endedAtMs !== undefined
  if (filter.state === 'socket-closed') return request.socketClosedAtMs !== undefined
  return true
}

export function createRecorder(): Recorder {
  let records: RecordedRequest[] = []
  let count = 0
  let inFlight = 0
  let maxInFlight = 0
  let total = 0
  const waiting = new Set<() => void>()

  const changed = () => {
    for (const check of [...waiting]) check()
  }

  return {
    add: (request) => {
      count += 1
      const record: RecordedRequest = {
        number: count,
        ...request,
        scheduledAtMs: undefined,
        firstByteAtMs: undefined,
        endedAtMs: undefined,
        socketClosedAtMs: undefined,
        closedBy: undefined,
        status: undefined,
        promptTokens: undefined,
        cachedTokens: undefined,
        tokensSent: 0,
        textSent: '',
      }
      records.push(record)
      if (records.length > MOST_RECORDS) records = records.slice(-MOST_RECORDS / 2)
      if (isChat(record)) {
        total += 1
        inFlight += 1
        maxInFlight = Math.max(maxInFlight, inFlight)
      }
      changed()
      return record
    },
    end: ({ request, closedBy }) => {
      if (request.endedAtMs !== undefined) return
      request.endedAtMs = nowEpochMs()
      request.closedBy = closedBy
      if (isChat(request)) inFlight -= 1
      changed()
    },
    requests: (filter = {}) => records.filter((request) => isIn({ request, filter })),
    gauges: () => ({ inFlight, maxInFlight, total }),
    changed,
    reset: () => {
      records = []
      maxInFlight = inFlight
      total = inFlight
      changed()
    },
    waitFor: ({ read, timeoutMs }) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => finish(undefined), timeoutMs)
        const finish = (value: ReturnType<typeof read>) => {
          clearTimeout(timer)
          waiting.delete(check)
          resolve(value)
        }
        const check = () => {
          const value = read()
          if (value !== undefined) finish(value)
        }
        waiting.add(check)
        check()
      }),
  }
}
