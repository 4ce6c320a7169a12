import { appendFileSync } from 'node:fs'
import type { StartFailure } from '@/lib/domain/readiness'
import { DEATH_NOTE } from '@/lib/engine/parse-log-line'
import type { EngineFolder } from '@/lib/process/engine-folder'
import { type EngineState, writeState } from './engine-state'
import { type ServeEnd, type ServeProcess, startServe } from './serve-process'
import { isWorthARestart, toBackoffMs } from './to-backoff'
import { describeFailure, watchStart } from './watch-start'

export type SuperviseOptions = {
  words: readonly string[]
  folder: EngineFolder
  port: number
  apiKey: string | undefined
  doesRestart: boolean
  print: (line: string) => void
  /** Aborted by Ctrl-C and by `stop`. */
  signal: AbortSignal
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Monotonic, in ms. */
  now: () => number
  wallNow: () => number
}

/** A start that answered for so long did its work: the next wait is short again. */
const LASTING_MS = 60_000
const GRACE_MS = 10_000

type Run = { end: ServeEnd; failure: StartFailure | undefined; servedMs: number | undefined }

/**
 * Starts vLLM, waits for it, and tends it until the signal aborts or it ends for good. Resolves with
 * the exit code of the launcher, when no process of it is left.
 */
export async function superviseEngine(options: SuperviseOptions): Promise<number> {
  const { folder, print, signal, sleep, wallNow } = options
  const state: EngineState = {
    status: 'starting',
    port: options.port,
    baseUrl: `http://127.0.0.1:${options.port}/v1`,
    words: [...options.words],
    startedAt: new Date(wallNow()).toISOString(),
    starts: 0,
  }
  let fruitless = 0
  for (;;) {
    state.starts += 1
    const run = await runOnce({ options, state })
    if (signal.aborted) return finish({ print, folder, state, text: 'stopped', exitCode: 0 })
    const { end, failure, servedMs } = run
    attempt(print, () => appendFileSync(folder.logFile, `${DEATH_NOTE} (${end.how}).\n`))
    print(`vLLM ended (${end.how})${servedMs === undefined ? ' before it answered' : ''}.`)
    if (failure !== undefined) for (const line of describeFailure(failure)) print(`  ${line}`)
    const text = failure === undefined ? end.how : `${end.how}, ${failure.code}`
    const isPassing = !end.isUnstartable && isWorthARestart(failure)
    if (!options.doesRestart || !isPassing) {
      if (options.doesRestart)
        print('It is not started again: the same start would only meet it again.')
      return finish({ print, folder, state, text, exitCode: 1 })
    }
    if (servedMs !== undefined && servedMs >= LASTING_MS) fruitless = 0
    const waitMs = toBackoffMs(fruitless)
    fruitless += 1
    note({ print, folder, state, change: { ...waiting(wallNow() + waitMs), lastEnd: text } })
    print(`It is started again in ${waitMs / 1000} s.`)
    await sleep(waitMs, signal).catch(() => {})
    if (signal.aborted) return finish({ print, folder, state, text, exitCode: 0 })
  }
}

function waiting(atMs: number): Partial<EngineState> {
  return { status: 'waiting', nextStartAt: new Date(atMs).toISOString() }
}

async function runOnce({
  options,
  state,
}: {
  options: SuperviseOptions
  state: EngineState
}): Promise<Run> {
  const { words, folder, print, signal, now, wallNow } = options
  const { logFile } = folder
  const watch = watchStart({ ...options, baseUrl: state.baseUrl, logFile })
  await watch.attached
  const startedAtMs = now()
  const serve = startServe({ words, logFile })
  const { holder } = serve
  note({ print, folder, state, change: { status: 'starting', ...(holder && { engine: holder }) } })
  const stop = () => void stopServe({ serve, print })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const first = await Promise.race([watch.ready, serve.ended])
  let readyAtMs: number | undefined
  if (typeof first === 'string') {
    readyAtMs = now()
    note({
      print,
      folder,
      state,
      change: { status: 'ready', readyAt: new Date(wallNow()).toISOString() },
    })
    const seconds = Math.round((readyAtMs - startedAtMs) / 1000)
    print(`Ready after ${seconds} s: ${first} at ${state.baseUrl}. Ctrl-C ends it.`)
  }
  const end = await serve.ended
  signal.removeEventListener('abort', stop)
  const failure = await watch.end()
  return {
    end,
    failure: readyAtMs === undefined ? failure : undefined,
    servedMs: readyAtMs === undefined ? undefined : now() - readyAtMs,
  }
}

async function stopServe({
  serve,
  print,
}: {
  serve: ServeProcess
  print: (line: string) => void
}): Promise<void> {
  print('Ending vLLM …')
  await serve.stop({ graceMs: GRACE_MS })
}

/** A full disk ends no engine: what cannot be noted is said. */
function attempt(print: (line: string) => void, write: () => void): void {
  try {
    write()
  } catch (error) {
    print(`Could not be written down: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function note({
  print,
  folder,
  state,
  change,
}: {
  print: (line: string) => void
  folder: EngineFolder
  state: EngineState
  change: Partial<EngineState>
}): void {
  delete state.nextStartAt
  delete state.readyAt
  Object.assign(state, change)
  attempt(print, () => writeState({ folder, state }))
}

function finish(options: {
  print: (line: string) => void
  folder: EngineFolder
  state: EngineState
  text: string
  exitCode: number
}): number {
  const { print, folder, state, text, exitCode } = options
  delete state.engine
  note({ print, folder, state, change: { status: 'ended', lastEnd: text } })
  return exitCode
}
