import type { RecordedRequest } from '../../e2e/stub/recorder.ts'
import type { OpenStream } from '../stream-client.ts'

export type Check = {
  streams: number
  /** Streams without their end. */
  cut: number
  /** Streams whose text is not, letter for letter, what the engine sent to them. */
  wrong: number
}

/** Compares what arrived with what the engine says that it sent, stream by stream. */
export function checkStreams(options: {
  streams: readonly OpenStream[]
  requests: readonly RecordedRequest[]
  /** A stream of the app ends with the status of its reply as well. */
  isApp: boolean
}): Check {
  const sent = new Map(options.requests.map(({ requestId, textSent }) => [requestId, textSent]))
  const isCut = ({ reader }: OpenStream) =>
    !reader.isDone() || (options.isApp && reader.status() !== 'complete')
  const isWrong = ({ runId, reader }: OpenStream) => sent.get(runId) !== reader.text()
  return {
    streams: options.streams.length,
    cut: options.streams.filter(isCut).length,
    wrong: options.streams.filter(isWrong).length,
  }
}

export function addChecks(checks: readonly Check[]): Check {
  return checks.reduce((sum, check) => ({
    streams: sum.streams + check.streams,
    cut: sum.cut + check.cut,
    wrong: sum.wrong + check.wrong,
  }))
}
