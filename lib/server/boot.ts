import 'server-only'
import { EnvError } from '@/lib/config/env'
import { DatabaseTooNewError } from '@/lib/db/connect'
import { DatabaseInUseError } from '@/lib/db/hold-database'
import { DataDirLockedError } from '@/lib/db/lock-data-dir'
import { isAppError } from '@/lib/domain/error'
import type { Services } from '@/lib/services'
import { getServices } from './services'

/** What of the process a boot touches. */
export type BootProcess = Pick<NodeJS.Process, 'on' | 'removeAllListeners' | 'exit'> & {
  stderr: { write(text: string): unknown }
}

const DRAIN_MS = 5000
const EXIT_SETTINGS = 2
const EXIT_LOCKED = 3

/**
 * Starts the services with the server, and ends them with it. A mistake in the settings or a second
 * server on the same DATA_DIR ends the process with one clear message: exit code 2 or 3.
 */
export async function boot(target: BootProcess = process): Promise<void> {
  let services: Services
  try {
    services = await getServices()
  } catch (error) {
    target.stderr.write(`First Token: ${explain(error)}\n`)
    target.exit(toExitCode(error))
    return
  }
  countUnhandled({ target, logger: services.logger })
  let isStopping = false
  const stop = async (signal: string) => {
    if (isStopping) return
    isStopping = true
    services.logger.info({ signal, activeRuns: services.runs.activeCount() }, 'stopping')
    let code = 0
    try {
      await services.close({ graceMs: DRAIN_MS })
    } catch (error) {
      code = 1
      services.logger.error({ err: error }, 'the server could not be closed in order')
    }
    target.exit(code)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // Next's own listener exits as soon as no connection is open, and would cut a run that nobody watches.
    target.removeAllListeners(signal)
    target.on(signal, () => void stop(signal))
  }
}

/** The framework lets the process live after either, and tells of the second without saying what it is. */
function countUnhandled(options: { target: BootProcess; logger: Services['logger'] }): void {
  const { target, logger } = options
  let unhandledRejections = 0
  let uncaughtErrors = 0
  target.on('unhandledRejection', (reason: unknown) => {
    unhandledRejections += 1
    logger.error({ err: reason, unhandledRejections }, 'a promise was left rejected')
  })
  target.on('uncaughtExceptionMonitor', (error: Error) => {
    uncaughtErrors += 1
    logger.error({ err: error, uncaughtErrors }, 'an error was left uncaught')
  })
}

function explain(error: unknown): string {
  if (error instanceof EnvError || isTaken(error) || error instanceof DatabaseTooNewError) {
    return error.message
  }
  if (isAppError(error) && error.code === 'storage_failed') {
    const reason = error.cause instanceof Error ? `: ${error.cause.message}` : ''
    return `the database ${error.details?.file ?? ''} cannot be opened${reason}`
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function toExitCode(error: unknown): number {
  if (error instanceof EnvError) return EXIT_SETTINGS
  return isTaken(error) ? EXIT_LOCKED : 1
}

function isTaken(error: unknown): error is Error {
  return error instanceof DataDirLockedError || error instanceof DatabaseInUseError
}
