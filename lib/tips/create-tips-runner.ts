import { AppError, findAppError } from '@/lib/domain/error'
import {
  isDisturbed,
  type Measurement,
  type TipsProgress,
  type TipsRecord,
} from '@/lib/domain/tips'
import type { TipsEnd, TipsRunView } from '@/lib/domain/tips-view'
import { runTips } from './run-tips'
import type { TipsPorts } from './tips-ports'

export type TipsRunner = {
  /**
   * Begins a run in the server; it ends by itself.
   * @throws {AppError} measurement_active, chats_active, engine_not_ready
   */
  start(options: { label: string; measurements: readonly Measurement[] }): void
  /** Cancels the run that is under way, if there is one. */
  stop(): void
  run(): TipsRunView | undefined
  last(): TipsEnd | undefined
  /** Cancels, and resolves when nothing of it runs any more. */
  close(): Promise<void>
}

export type TipsRunnerOptions = {
  engine: TipsPorts['engine']
  /** @throws {AppError} engine_not_ready */
  target: () => Pick<TipsPorts, 'model' | 'maxModelLen' | 'version'>
  activeChats: () => number
  save: (record: TipsRecord) => Promise<void>
  warn: (fields: Record<string, unknown>, message: string) => void
  now?: () => number
}

/** A measurement must not hold the engine for ever. */
const MOST_MS = 15 * 60_000

type Active = {
  label: string
  measurements: Measurement[]
  progress: TipsProgress
  startedMs: number
  cancelling: AbortController
  done: Promise<void>
}

/** One run at a time, and none while chats are being answered. */
export function createTipsRunner(options: TipsRunnerOptions): TipsRunner {
  const { activeChats, target, now = () => performance.now() } = options
  let active: Active | undefined
  let last: TipsEnd | undefined

  const measure = async (run: Active, ports: Pick<TipsPorts, 'model'>): Promise<TipsEnd> => {
    const { label, measurements, cancelling } = run
    const limit = AbortSignal.timeout(MOST_MS)
    try {
      const record = await runTips({
        ...ports,
        engine: options.engine,
        label,
        measurements,
        signal: AbortSignal.any([cancelling.signal, limit]),
        onProgress: (progress) => {
          run.progress = progress
        },
      })
      await options.save(record)
      return { label, outcome: 'recorded', isDisturbed: isDisturbed(record) }
    } catch (error) {
      if (cancelling.signal.aborted) return { label, outcome: 'cancelled' }
      options.warn({ err: error }, 'a measurement failed')
      const code = findAppError(error)?.code ?? (limit.aborted ? 'engine_timeout' : 'internal')
      return { label, outcome: 'failed', code }
    }
  }

  return {
    start({ label, measurements: wanted }) {
      if (active !== undefined) throw new AppError('measurement_active')
      const ports = target()
      const chats = activeChats()
      if (chats > 0) throw new AppError('chats_active', { details: { chats } })
      const [first = 'concurrency'] = wanted
      const run: Active = {
        label,
        measurements: [...wanted],
        progress: { measurement: first, done: 0, of: 1 },
        startedMs: now(),
        cancelling: new AbortController(),
        done: Promise.resolve(),
      }
      active = run
      run.done = measure(run, ports).then((end) => {
        last = end
        active = undefined
      })
    },
    stop() {
      active?.cancelling.abort()
    },
    run() {
      if (active === undefined) return undefined
      const { label, measurements, progress, startedMs } = active
      return { ...progress, label, measurements, elapsedMs: now() - startedMs }
    },
    last: () => last,
    async close() {
      const closing = active
      closing?.cancelling.abort()
      await closing?.done
    },
  }
}
