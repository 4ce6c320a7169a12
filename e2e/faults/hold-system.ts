import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import {
  type ChatRequest,
  type Message,
  type StreamResult,
  toRequest,
} from '../harness/chat-client.ts'
import type { LogLine } from '../harness/inspect-server.ts'
import { type System, type SystemOptions, startSystem } from '../harness/start-system.ts'
import type { RecordedRequest } from '../stub/recorder.ts'
import type { ScenarioPatch } from '../stub/scenario.ts'

/** One built server on one scripted engine for a file of tests; nothing may be left over after any of them. */
export function holdSystem(options: SystemOptions = {}): () => System {
  let system: System | undefined
  const current = () => {
    if (system === undefined) throw new Error('the system is not there yet')
    return system
  }
  beforeAll(async () => {
    system = await startSystem(options)
  }, 60_000)
  beforeEach(async () => {
    await current().stub.control.reset()
    await current().app.untilReady()
  })
  afterEach(async () => {
    expect(await current().findViolations(), 'what is left over').toEqual([])
  })
  afterAll(() => system?.dispose())
  return current
}

/** All that became of one question: seen, stored, logged, and asked of the engine. */
export type Outcome = StreamResult & {
  request: ChatRequest
  stored: Message | undefined
  question: Message | undefined
  /** The log's lines about this run. */
  log: LogLine[]
  generations: RecordedRequest[]
}

export async function askAndSee(options: {
  system: System
  scenario?: ScenarioPatch
  request?: ChatRequest
}): Promise<Outcome> {
  const { system, scenario = {}, request = toRequest() } = options
  system.stub.control.patch(scenario)
  const result = await system.client.ask(request)
  return { ...result, request, ...(await see({ system, request })) }
}

/** What is left of a question once its stream is over. */
export async function see(options: { system: System; request: ChatRequest }) {
  const { system, request } = options
  const { body } = await system.client.thread(request.threadId)
  const messages = body.messages ?? []
  const { control } = system.stub
  return {
    stored: messages.find(({ runId }) => runId === request.runId),
    question: messages.find(({ id }) => id === request.message.id),
    log: system.log().filter(({ runId }) => runId === request.runId),
    generations: control.requests().filter(({ requestId }) => requestId === request.runId),
  }
}
