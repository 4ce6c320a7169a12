import type { EngineProcess, Phase } from './engine-process.ts'
import type { HttpMetrics } from './http-metrics.ts'
import type { Stub } from './live-request.ts'
import { parseScenarioPatch } from './parse-scenario.ts'
import { CHAT_PATH, type Gauges, type RecordedRequest, type RequestFilter } from './recorder.ts'
import type { Scenario, ScenarioPatch } from './scenario.ts'

/** What can be done to the engine from outside; the fields beside `action` are its options. */
export type Action =
  /** The engine core dies: streams end with the recorded error event or are cut, the port refuses. */
  | { action: 'die'; streams?: 'error' | 'fin' | 'rst'; closeAfterMs?: number }
  /** Kills what runs and loads again, with a new start time. */
  | { action: 'restart' }
  /** Ends the process; the port refuses until a restart. */
  | { action: 'stop' }
  /** Ends the loading now. */
  | { action: 'finish-loading' }
  | { action: 'wedge' }
  | { action: 'unwedge' }
  | { action: 'sleep' }
  | { action: 'wake' }
  /** Streams that stalled by `stallAfterTokens` go on. */
  | { action: 'resume-stalled' }
  /** Cuts every chat completion that is being answered. */
  | { action: 'cut'; how?: 'fin' | 'rst' }
  | { action: 'clear-cache' }
  /** Writes a line to the log. */
  | { action: 'log'; text: string }

export type Status = Gauges & {
  phase: Phase
  running: number
  waiting: number
  startedAtSeconds: number
}

export type StubControl = {
  /** The scenario of the engine, or of the requests of one session. */
  scenario: (sessionId?: string) => Scenario
  /** @throws {ScenarioError} that names every unknown key and wrong value */
  patch: (patch: ScenarioPatch) => Scenario
  /** Back to the scenario of the start, or of one session back to the engine's. */
  remove: (sessionId?: string) => Scenario
  act: (action: Action) => Promise<void>
  requests: (filter?: RequestFilter) => RecordedRequest[]
  /** Chat completions unless the filter names another path. @throws at the deadline */
  waitForRequests: (
    options: RequestFilter & { min: number; timeoutMs?: number },
  ) => Promise<RecordedRequest[]>
  status: () => Status
  /** Resolves when every given field has its value. @throws at the deadline */
  waitForStatus: (options: { is: Partial<Status>; timeoutMs?: number }) => Promise<Status>
  /** Scenario of the start, no records, empty cache, counters at 0, nothing running; an engine that is not ready starts again. */
  reset: () => Promise<void>
}

const TIMEOUT_MS = 5000
// As long as the recorded one lived on after its core was killed.
const DEATH_MS = 1300

export class WaitTimedOut extends Error {}

type Parts = { stub: Stub; http: HttpMetrics; process: EngineProcess }

type Waiting = Pick<StubControl, 'waitForRequests' | 'status' | 'waitForStatus'>

function createWaiting({ stub, process }: Parts): Waiting {
  const { core, recorder } = stub
  const status = (): Status => ({
    ...recorder.gauges(),
    phase: process.phase(),
    running: core.running(),
    waiting: core.waiting(),
    startedAtSeconds: process.startedAtSeconds(),
  })
  return {
    status,
    waitForRequests: async ({ min, timeoutMs = TIMEOUT_MS, ...filter }) => {
      const wanted = { path: CHAT_PATH, ...filter }
      const read = () => {
        const found = recorder.requests(wanted)
        return found.length >= min ? found : undefined
      }
      const found = await recorder.waitFor({ read, timeoutMs })
      if (found !== undefined) return found
      const count = recorder.requests(wanted).length
      const what = JSON.stringify(wanted)
      throw new WaitTimedOut(`${count} of ${min} requests after ${timeoutMs} ms: ${what}`)
    },
    waitForStatus: async ({ is, timeoutMs = TIMEOUT_MS }) => {
      const read = () => {
        const now = status()
        const values: Record<string, unknown> = now
        return Object.entries(is).every(([name, value]) => values[name] === value) ? now : undefined
      }
      const found = await recorder.waitFor({ read, timeoutMs })
      if (found !== undefined) return found
      const [wanted, now] = [JSON.stringify(is), JSON.stringify(status())]
      throw new WaitTimedOut(`not ${wanted} after ${timeoutMs} ms but ${now}`)
    },
  }
}

function cutAll(options: { stub: Stub; how: 'fin' | 'rst' }): void {
  for (const live of [...options.stub.live]) live.end({ kind: 'cut', how: options.how })
}

export function createControl(parts: Parts): StubControl {
  const { stub, http, process } = parts
  const { book, core, recorder } = stub
  const set = (values: ScenarioPatch) => {
    book.merge(values)
    core.update()
    recorder.changed()
  }
  const simple: Record<string, () => void | Promise<void>> = {
    restart: process.restart,
    stop: process.stop,
    'finish-loading': process.finishLoading,
    wedge: () => set({ wedge: true }),
    unwedge: () => set({ wedge: false }),
    sleep: () => set({ sleeping: true }),
    wake: () => set({ sleeping: false }),
    'resume-stalled': core.resumeStalled,
    'clear-cache': core.clearCache,
  }

  return {
    ...createWaiting(parts),
    requests: recorder.requests,
    scenario: book.forSession,
    patch: (patch) => {
      set(parseScenarioPatch(patch))
      return book.forSession(patch.match?.sessionId)
    },
    remove: (sessionId) => {
      book.remove(sessionId)
      set({})
      return book.forSession(sessionId)
    },
    act: async (action) => {
      if (action.action === 'die') {
        const { streams = 'error', closeAfterMs = DEATH_MS } = action
        process.die({ streams, closeAfterMs })
      } else if (action.action === 'cut') cutAll({ stub, how: action.how ?? 'fin' })
      else if (action.action === 'log') stub.log.write(`${action.text}\n`)
      else await simple[action.action]?.()
    },
    reset: async () => {
      cutAll({ stub, how: 'fin' })
      book.remove(undefined)
      set({})
      const readIdle = () => recorder.gauges().inFlight === 0 || undefined
      await recorder.waitFor({ read: readIdle, timeoutMs: TIMEOUT_MS })
      core.reset()
      http.clear()
      recorder.reset()
      if (process.phase() !== 'ready') await process.restart()
    },
  }
}
