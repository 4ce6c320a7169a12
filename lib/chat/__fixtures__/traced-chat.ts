import { createHash } from 'node:crypto'
import { startStubEngine } from '@/e2e/stub/start-stub-engine'
import { createChangeLog } from '@/lib/db/change-log'
import { openTestDatabase } from '@/lib/db/__fixtures__/open-test-database'
import { createStore } from '@/lib/db/create-store'
import { createTraceStore } from '@/lib/db/create-trace-store'
import type { Sampling } from '@/lib/domain/sampling'
import { createEngine } from '@/lib/engine/create-engine'
import { createEngineSamples } from '@/lib/readiness/create-engine-samples'
import { createLedger } from '../create-ledger'
import { createReplyTracer, type TracerOptions } from '../create-reply-tracer'
import { createRunRegistry } from '../create-run-registry'
import { combineObservers } from '../run-observer'

export const MODEL = 'Qwen/Qwen3-4B-Instruct-2507'

/** Longer than three blocks of the stub. */
export const PROMPT = Array.from({ length: 60 }, (_, n) => `rule${n}`).join(' ')

type Scenario = NonNullable<Parameters<typeof startStubEngine>[0]>['scenario']

/** Runs, tracer, ledger and store as they are wired in the server, on the stub engine. */
export async function setUpTracedChat(
  options: { scenario?: Scenario; tracer?: Partial<TracerOptions> } = {},
) {
  const stub = await startStubEngine({
    scenario: { tokenDelayMs: 1, ttftMs: 2, ...options.scenario },
  })
  const engine = createEngine({ baseUrl: `${stub.url}/v1` })
  const changes = createChangeLog()
  const db = await openTestDatabase()
  const store = createStore({ db, changes })
  const traces = createTraceStore({ db, changes })
  const samples = createEngineSamples()
  const logged: string[] = []
  const log = (_: Record<string, unknown>, message: string) => void logged.push(message)
  const logger = { info: () => undefined, warn: log, error: log }
  const ledger = createLedger({ store: traces, logger })

  const wire = (systemPrompt: string) => {
    const sha256 = createHash('sha256').update(systemPrompt).digest('hex')
    void traces.saveSystemPrompt({ sha256, text: systemPrompt })
    const tracer = createReplyTracer({
      store: traces,
      engine,
      samples,
      ledger,
      systemPrompt,
      systemPromptSha256: sha256,
      url: `${engine.baseUrl}/chat/completions`,
      engineVersion: () => '0.32.0',
      logger,
      sleep: async () => undefined,
      ...options.tracer,
    })
    const runs = createRunRegistry({
      store,
      engine,
      monitor: {
        requireModel: () => MODEL,
        load: () => {
          const metrics = samples.latest(3000)?.metrics
          const { runningRequests = 0, waitingRequests = 0 } = metrics ?? {}
          const atMs = performance.now()
          return metrics && { runningRequests, waitingRequests, askedAtMs: atMs, seenAtMs: atMs }
        },
        reportError: () => undefined,
      },
      systemPrompt,
      logger,
      observer: combineObservers({
        observers: [tracer],
        onError: (error) => logged.push(String(error)),
      }),
    })
    return { tracer, runs }
  }
  let wired = wire(PROMPT)
  const chat = {
    stub,
    engine,
    db,
    store,
    traces,
    samples,
    ledger,
    logged,
    tracer: () => wired.tracer,
    runs: () => wired.runs,
    /** The server anew with another prompt. */
    async restartServer(systemPrompt = PROMPT) {
      await wired.runs.drain({ graceMs: 1000 })
      await wired.tracer.close()
      wired = wire(systemPrompt)
    },
    async restartEngine() {
      await stub.control.act({ action: 'restart' })
      // The connection that was kept open is gone.
      await engine.readMetrics().catch(() => undefined)
      await chat.look()
    },
    /** What the monitor does: reads the engine's metrics now. */
    async look() {
      const metrics = await engine.readMetrics()
      if (metrics !== undefined) samples.add(metrics)
    },
    /** Asks, and reads to the end. @returns the reply's id */
    async ask(turn: {
      text: string
      threadId?: string
      parentId?: string | null
      questionId?: string
      sampling?: Sampling
    }): Promise<string> {
      const { text, threadId = 'thread', parentId = null, sampling } = turn
      const { questionId = crypto.randomUUID() } = turn
      const runId = crypto.randomUUID()
      const message = { id: questionId, text }
      const request = { threadId, parentId, runId, message }
      await wired.runs.start(sampling === undefined ? request : { ...request, sampling })
      const { signal } = new AbortController()
      for await (const _ of wired.runs.follow({ runId, after: 0, signal }));
      return (await store.loadReply(runId))?.id ?? 'none'
    },
    /** What was recorded of a reply, once it was judged. */
    async traced(messageId: string) {
      await wired.tracer.settled()
      const trace = await traces.loadTrace(messageId)
      if (trace?.record === undefined) throw new Error('not recorded')
      return { ...trace, record: trace.record }
    },
    async close() {
      await wired.runs.drain({ graceMs: 1000 })
      await wired.tracer.close()
      await ledger.close()
      await engine.close()
      await store.close()
      await stub.close()
    },
  }
  await chat.look()
  return chat
}

export type TracedChat = Awaited<ReturnType<typeof setUpTracedChat>>
