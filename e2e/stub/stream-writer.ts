import type { ServerResponse } from 'node:http'
import type { RequestScenario } from './scenario.ts'

export type StreamWriter = {
  /** One `data:` event. Resolves when the socket takes more. */
  writeData: (data: string) => Promise<void>
  /** A data line of so many bytes with nothing in it that a reader could show. */
  writeGiantLine: (bytes: number) => Promise<void>
  end: () => Promise<void>
  /** Stops the keep-alive comments. */
  dispose: () => void
}

const PIECE_BYTES = 65_536

function onceTaken(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      response.off('drain', finish)
      response.off('close', finish)
      resolve()
    }
    response.once('drain', finish)
    response.once('close', finish)
  })
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Writes events the way the scenario says: whole or in pieces, LF or CRLF, comments in silences. */
export function createStreamWriter(options: {
  response: ServerResponse
  scenario: RequestScenario
  onFirstByte: () => void
}): StreamWriter {
  const { response, scenario } = options
  const newline = scenario.crlf ? '\r\n' : '\n'
  let silentSinceMs = performance.now()
  let isBusy = false
  let hasBegun = false

  const writeBytes = async (bytes: Buffer) => {
    if (response.destroyed || response.writableEnded) return
    if (!hasBegun) options.onFirstByte()
    hasBegun = true
    silentSinceMs = performance.now()
    if (!response.write(bytes)) await onceTaken(response)
  }
  const write = async (text: string) => {
    const bytes = Buffer.from(text)
    const size = scenario.splitBytes || bytes.length
    isBusy = true
    for (let at = 0; at < bytes.length; at += size) {
      await writeBytes(bytes.subarray(at, at + size))
      if (scenario.splitBytes > 0) await nextTurn()
    }
    isBusy = false
  }
  const keepAlive = () => {
    const isSilent = performance.now() - silentSinceMs >= scenario.keepAliveCommentMs
    if (!isSilent || isBusy || response.writableEnded || response.destroyed) return
    silentSinceMs = performance.now()
    response.write(`: keep-alive${newline}${newline}`)
  }
  const timer =
    scenario.keepAliveCommentMs > 0
      ? setInterval(keepAlive, Math.max(1, scenario.keepAliveCommentMs / 4))
      : undefined
  const dispose = () => clearInterval(timer)
  response.once('close', dispose)

  return {
    writeData: (data) => write(`data: ${data}${newline}${newline}`),
    writeGiantLine: async (bytes) => {
      await write('data: {"choices":[],"padding":"')
      for (let rest = bytes; rest > 0 && !response.destroyed; rest -= PIECE_BYTES) {
        await writeBytes(Buffer.alloc(Math.min(rest, PIECE_BYTES), 'x'))
      }
      await write(`"}${newline}${newline}`)
    },
    end: () => {
      dispose()
      return new Promise((resolve) => {
        if (response.destroyed) resolve()
        else response.end(resolve)
        response.once('close', () => resolve())
      })
    },
    dispose,
  }
}
