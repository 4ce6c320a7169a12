import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'

/** Any number, the same for every server of this app. */
const LOCK_ID = 7_220_1970
const TRIES = 15
const RETRY_MS = 200
const AGAIN_MS = 1000

/** Another server uses this database; its message says what to do. */
export class DatabaseInUseError extends Error {
  override name = 'DatabaseInUseError'

  constructor() {
    super(
      'The Postgres database of DATABASE_URL is in use by another server of First Token: one server a database. End that one, or set another DATABASE_URL.',
    )
  }
}

/**
 * Makes this process the only server of a Postgres database, for as long as it lives; after Postgres was
 * away it is taken again. `onLost`: another server took it meanwhile.
 * @throws {DatabaseInUseError} while its holder lives
 */
export async function holdDatabase(options: {
  url: string
  onLost: () => void
}): Promise<{ release: () => Promise<void> }> {
  const { url, onLost } = options
  let client: Client | undefined
  let isReleased = false

  const take = async (): Promise<boolean> => {
    const taken = new Client({ connectionString: url, keepAlive: true })
    taken.on('error', () => void takeAgain(taken))
    await taken.connect()
    const { rows } = await taken.query('select pg_try_advisory_lock($1) as is_held', [LOCK_ID])
    if (rows[0]?.is_held === true) client = taken
    else await taken.end()
    return client === taken
  }
  const takeAgain = async (lost: Client) => {
    if (client !== lost) return
    client = undefined
    while (!isReleased) {
      await delay(AGAIN_MS, undefined, { ref: false })
      const isTaken = isReleased || (await take().catch(() => undefined))
      if (isTaken === false) onLost()
      if (isTaken !== undefined) return
    }
  }

  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await take()) {
      return {
        async release() {
          isReleased = true
          await client?.end().catch(() => undefined)
        },
      }
    }
    await delay(RETRY_MS)
  }
  throw new DatabaseInUseError()
}
