import { type EngineProcess, startEngineProcess } from './engine-process'
import { findFreePort } from './find-free-port'
import {
  type LocalEngineStatus,
  STOPPED,
  toEnded,
  toNextStatus,
  toStarted,
} from './local-engine-status'
import { type LocalFailure, parseLocalLogLine } from './parse-local-log-line'

export type LocalEngineOptions = {
  dataDir: string
  /** The engine's `main.ts`. */
  entryFile: string
  /** Node 22.12 or later: it runs TypeScript by stripping its types. */
  nodePath: string
  /** A GGUF file; without it the small default model is fetched. */
  modelPath?: string
  maxModelLen?: number
  /** Without it a free one is chosen, and kept for every restart. */
  port?: number
  /** Every line of its output. */
  log: (line: string) => void
  /** After every change. */
  onStatus?: (status: LocalEngineStatus) => void
  /** It ended and nobody had asked for it; `undefined`: it is not started again. */
  onExit?: (exit: { failure: LocalFailure; restartInMs: number | undefined }) => void
  /** Wall clock. */
  now?: () => number
  /** The wait before another start, by the number of starts in a row that did not last. */
  backoffMs?: (fruitlessStarts: number) => number
  stopGraceMs?: number
}

/**
 * The local engine as a child process: it installs and fetches what it needs by its own means,
 * refuses a model that is larger than the free memory, and says in its log what it is doing.
 */
export type LocalEngine = {
  /** Resolves once the process runs, which is long before it is ready. Idempotent, except after `failed`: then it tries anew. */
  start(): Promise<{ baseUrl: string }>
  /** Resolves when no process of it is left. Idempotent. */
  stop(): Promise<void>
  status(): LocalEngineStatus
}

const MAX_BACKOFF_MS = 60_000
/** A start that was ready for so long did its work: the next wait is short again. */
const LASTING_MS = 60_000

export function createLocalEngine(options: LocalEngineOptions): LocalEngine {
  const { now = Date.now, backoffMs = doublingBackoff, stopGraceMs = 5000 } = options
  let status = STOPPED
  let starting: Promise<{ baseUrl: string }> | undefined
  let current: EngineProcess | undefined
  let timer: NodeJS.Timeout | undefined
  let fruitlessStarts = 0

  const setStatus = (next: LocalEngineStatus) => {
    status = next
    options.onStatus?.(next)
  }

  const run = ({ port, isRestart }: { port: number; isRestart: boolean }) => {
    const started = startEngineProcess({
      nodePath: options.nodePath,
      args: toArguments({ ...options, port }),
      onLine: (text) => {
        options.log(text)
        const line = parseLocalLogLine(text)
        if (line === undefined || current !== started) return
        setStatus(toNextStatus({ status, line, atMs: now() }))
      },
      onEnd: (failure) => {
        if (current === started) handleEnd({ failure, port })
      },
    })
    current = started
    setStatus(toStarted({ status, pid: started.pid, isRestart, atMs: now() }))
  }

  const handleEnd = ({ failure, port }: { failure: LocalFailure; port: number }) => {
    current = undefined
    const readyAtMs = status.stages.find(({ stage }) => stage === 'ready')?.startedAtMs
    if (readyAtMs !== undefined && now() - readyAtMs >= LASTING_MS) fruitlessStarts = 0
    const restartInMs = failure.isRetryable ? backoffMs(fruitlessStarts) : undefined
    fruitlessStarts += 1
    if (restartInMs !== undefined) {
      timer = setTimeout(() => run({ port, isRestart: true }), restartInMs)
    }
    const nextStartAtMs = restartInMs === undefined ? undefined : now() + restartInMs
    setStatus(toEnded({ status, failure, nextStartAtMs }))
    options.onExit?.({ failure, restartInMs })
  }

  const begin = async () => {
    const port = options.port ?? (await findFreePort())
    fruitlessStarts = 0
    run({ port, isRestart: false })
    return { baseUrl: `http://127.0.0.1:${port}/v1` }
  }

  return {
    start() {
      if (status.state === 'failed') starting = undefined
      starting ??= begin()
      return starting
    },
    async stop() {
      await starting?.catch(() => undefined)
      starting = undefined
      clearTimeout(timer)
      const running = current
      current = undefined
      await running?.end({ graceMs: stopGraceMs })
      setStatus(STOPPED)
    },
    status: () => status,
  }
}

/** 1, 2, 4 … 60 s. */
function doublingBackoff(fruitlessStarts: number): number {
  return Math.min(MAX_BACKOFF_MS, 1000 * 2 ** Math.min(fruitlessStarts, 10))
}

function toArguments(options: {
  entryFile: string
  dataDir: string
  port: number
  modelPath?: string
  maxModelLen?: number
}): string[] {
  const { entryFile, dataDir, port, modelPath, maxModelLen } = options
  return [
    // Before 22.18 Node strips types only when told to.
    ...['--experimental-strip-types', entryFile],
    ...['--data-dir', dataDir, '--port', String(port)],
    ...(modelPath === undefined ? [] : ['--model', modelPath]),
    ...(maxModelLen === undefined ? [] : ['--max-model-len', String(maxModelLen)]),
  ]
}
