import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EngineCore } from './engine-core.ts'
import type { EngineLog } from './engine-log.ts'
import type { RecordedRequest, Recorder } from './recorder.ts'
import type { ReplyContext } from './reply.ts'
import type { Scenario } from './scenario.ts'
import type { ScenarioBook } from './scenario-book.ts'

/** Why a request that was being answered came to its end before its end. */
export type EndCause = { kind: 'client' } | { kind: 'dead' } | { kind: 'cut'; how: 'fin' | 'rst' }

/** Thrown as the reason of an aborted generation. */
export class RequestEnded extends Error {
  readonly endCause: EndCause

  constructor(endCause: EndCause) {
    super(endCause.kind)
    this.endCause = endCause
  }
}

export type Stub = {
  book: ScenarioBook
  core: EngineCore
  log: EngineLog
  recorder: Recorder
  live: Set<LiveRequest>
}

/** One chat completion on its way: what came, what is to be done with it, and how to end it. */
export type LiveRequest = {
  request: IncomingMessage
  response: ServerResponse
  context: ReplyContext
  record: RecordedRequest
  scenario: Scenario
  /** `chatcmpl-…` */
  id: string
  signal: AbortSignal
  end: (cause: EndCause) => void
}

/** Cuts the connection once what was written has left. */
export function cutConnection(options: {
  response: ServerResponse
  how: 'fin' | 'rst'
}): Promise<void> {
  const { socket } = options.response
  if (socket === null || socket.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
    // The callback of an empty write comes after every write before it.
    socket.write('', () => {
      if (options.how === 'rst') socket.resetAndDestroy()
      else socket.destroySoon()
    })
  })
}
