import type { Socket } from 'node:net'
import { createDelayLine } from './delay-line.ts'
import type { Toxics } from './toxics.ts'

export type PipeOptions = {
  from: Socket
  to: Socket
  /** Read for each piece, so a change takes hold at once. */
  toxics: () => Toxics
  /** Resolves at the next change of the toxics. */
  changed: () => Promise<void>
  /** Counts what arrived. */
  onBytes: (bytes: number) => void
  random: () => number
  /** Ends both sides: `close` sends FIN, `reset` sends RST. */
  end: (how: 'close' | 'reset') => void
}

function sleep(options: { ms: number; pipe: PipeOptions }): Promise<void> {
  const { ms, pipe } = options
  if (ms <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      pipe.to.off('close', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    pipe.to.once('close', finish)
  })
}

function onceClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve()
    else socket.once('close', () => resolve())
  })
}

async function untilNotHung(pipe: PipeOptions): Promise<void> {
  while (pipe.toxics().hang === true && !pipe.to.destroyed) {
    await Promise.race([pipe.changed(), onceClosed(pipe.to)])
  }
}

function write(options: { to: Socket; bytes: Buffer }): Promise<void> {
  const { to, bytes } = options
  return new Promise((resolve) => {
    if (to.destroyed) resolve()
    else to.write(bytes, () => resolve())
  })
}

function toPieces(options: { bytes: Buffer; size: number }): Buffer[] {
  const { bytes, size } = options
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
  return pieces
}

function pieceSize({ slice, bandwidth }: Toxics): number {
  // A tenth of a second's worth at a time makes a slow line flow rather than jerk.
  const steady = bandwidth === undefined ? Number.POSITIVE_INFINITY : bandwidth.bytesPerSecond / 10
  return Math.max(1, Math.floor(Math.min(slice?.bytes ?? Number.POSITIVE_INFINITY, steady)))
}

type Progress = { arrived: number; isEnded: boolean }

/** Passes a piece on as far as a limit lets it; ends the connection where the limit is. */
async function deliver(options: {
  pipe: PipeOptions
  progress: Progress
  piece: Buffer
}): Promise<void> {
  const { pipe, progress, piece } = options
  const { limitData, reset } = pipe.toxics()
  const most = Math.min(
    limitData?.bytes ?? Number.POSITIVE_INFINITY,
    reset === undefined ? Number.POSITIVE_INFINITY : (reset.afterBytes ?? 0),
  )
  const room = Math.max(0, most - progress.arrived)
  const passed = piece.subarray(0, Math.min(room, piece.length))
  if (passed.length > 0) await write({ to: pipe.to, bytes: passed })
  progress.arrived += passed.length
  pipe.onBytes(passed.length)
  if (progress.arrived < most) return
  progress.isEnded = true
  pipe.end(reset !== undefined && progress.arrived >= (reset.afterBytes ?? 0) ? 'reset' : 'close')
}

/** Passes one direction of a connection on, with what the toxics do to it, in order. */
export async function pipeWithToxics(pipe: PipeOptions): Promise<void> {
  const progress: Progress = { arrived: 0, isEnded: false }
  const delayMs = () => {
    const { ms = 0, jitterMs = 0 } = pipe.toxics().latency ?? {}
    return Math.max(0, ms + (pipe.random() * 2 - 1) * jitterMs)
  }
  try {
    for await (const bytes of createDelayLine({ from: pipe.from, delayMs })) {
      for (const piece of toPieces({ bytes, size: pieceSize(pipe.toxics()) })) {
        await untilNotHung(pipe)
        if (progress.isEnded) return
        await deliver({ pipe, progress, piece })
        const { slice, bandwidth } = pipe.toxics()
        const paceMs =
          bandwidth === undefined ? 0 : (1000 * piece.length) / bandwidth.bytesPerSecond
        await sleep({ ms: Math.max(paceMs, slice?.delayMs ?? 0), pipe })
      }
      if (progress.isEnded) return
    }
  } catch {
    // The other side was reset; the reset is passed on.
    if (!progress.isEnded) pipe.end('reset')
    return
  }
  await untilNotHung(pipe)
  await sleep({ ms: pipe.toxics().slowClose?.ms ?? 0, pipe })
  if (!pipe.to.destroyed) pipe.to.end()
}
