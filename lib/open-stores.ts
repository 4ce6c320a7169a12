import type { Env } from './config/env'
import { createChangeLog } from './db/change-log'
import { combineStores, type Stores } from './db/combine-stores'
import { connect } from './db/connect'
import { createStore } from './db/create-store'
import { createThreadKeeper } from './db/create-thread-keeper'
import { createTraceStore } from './db/create-trace-store'
import type { ServiceLogger } from './service-logger'

/**
 * The store that is kept and the one in memory, as one. What a crash cut is closed, and what was deleted
 * before it is taken away for good.
 * @throws {DatabaseTooNewError} {AppError} storage_failed
 */
export async function openStores({ env, logger }: { env: Env; logger: ServiceLogger }) {
  const kept = await openStore(env.database)
  const temporary = await openStore(':memory:')
  const interrupted = await kept.store.sweepInterrupted()
  if (interrupted > 0) logger.warn({ interrupted }, 'replies that a crash cut were closed')
  await kept.keeper.purgeDeleted({ sinceMs: 0 })
  return combineStores({ kept, temporary })
}

async function openStore(database: string): Promise<Stores> {
  const db = await connect(database)
  const changes = createChangeLog()
  return {
    db,
    store: createStore({ db, changes }),
    keeper: createThreadKeeper({ db, changes }),
    traces: createTraceStore({ db, changes }),
  }
}
