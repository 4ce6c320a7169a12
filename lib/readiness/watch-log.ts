import { followLog } from '@/lib/engine/follow-log'
import type { EngineWatch } from './engine-watch'
import { runTask } from './engine-watch'
import { reduceLogBatch, toStartFailure } from './start-progress'
import { formatStartRecord, parseStartRecord, START_RECORD_KEY } from './start-record'

/** Follows the engine's log until the monitor stops. Never rejects. */
export async function watchLog(watch: EngineWatch, path: string): Promise<void> {
  const { log, now, wallNow, sleep, isLogExpected } = watch.options
  await loadLastStart(watch)
  await followLog({
    path,
    signal: watch.stopping.signal,
    sleep,
    nowMs: wallNow,
    onStatus: (status) => {
      watch.logStatus = status === 'missing' && !isLogExpected ? 'off' : status
      log.info({ status }, "the engine's log")
    },
    onLines: (batch) => {
      const { start: state, isHealthy } = watch
      watch.start = reduceLogBatch({ state, batch, nowMs: now(), isHealthy })
      keepStart(watch)
      tellFailure(watch)
    },
  })
}

/** Saves the time of a start that has become complete, for the next one to be measured against. */
export function keepStart(watch: EngineWatch): void {
  const { settings, log } = watch.options
  const { record } = watch.start
  if (record === undefined) return
  const value = formatStartRecord(record)
  if (value === watch.savedRecord) return
  watch.savedRecord = value
  runTask(watch, async () => {
    try {
      await settings.saveSetting({ key: START_RECORD_KEY, value })
    } catch (error) {
      log.warn({ err: error }, 'the time of the last start could not be saved')
    }
  })
}

async function loadLastStart(watch: EngineWatch): Promise<void> {
  const { settings, log } = watch.options
  try {
    const record = parseStartRecord(await settings.loadSetting(START_RECORD_KEY))
    if (record === undefined) return
    watch.start = { ...watch.start, record }
    watch.savedRecord = formatStartRecord(record)
  } catch (error) {
    log.warn({ err: error }, 'the time of the last start could not be loaded')
  }
}

function tellFailure(watch: EngineWatch): void {
  const failure = toStartFailure({ state: watch.start, nowMs: Number.POSITIVE_INFINITY })
  if (failure === undefined) {
    watch.toldFailure = undefined
    return
  }
  if (failure.code === watch.toldFailure) return
  watch.toldFailure = failure.code
  watch.options.log.warn({ code: failure.code }, "the engine's log has a fatal line")
}
