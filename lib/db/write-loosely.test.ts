import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { driverOf, openSqlite } from './open-sqlite'
import type { Database } from './schema'
import { writeLoosely } from './write-loosely'

const FULL = 2
const NORMAL = 1

describe('writeLoosely', () => {
  let db: Database
  const synchronous = () => driverOf(db).pragma('synchronous', { simple: true })
  beforeEach(() => {
    db = openSqlite(':memory:')
    driverOf(db).exec('create table settings (key text, value text)')
  })
  afterEach(() => db.destroy())

  const add = (key: string) => (tx: Pick<Database, 'insertInto'>) =>
    tx.insertInto('settings').values({ key, value: '' }).execute()
  const keys = async () =>
    (await db.selectFrom('settings').select('key').execute()).map(({ key }) => key)

  it('commits without waiting for the disk, and leaves that to itself alone', async () => {
    const seen = await writeLoosely(db, async (tx) => {
      await add('a')(tx)
      return synchronous()
    })
    expect([seen, synchronous()]).toEqual([NORMAL, FULL])
    expect(await keys()).toEqual(['a'])
  })

  it('lets nothing else be committed meanwhile', async () => {
    const order: unknown[] = []
    await Promise.all([
      writeLoosely(db, async (tx) => {
        await add('a')(tx)
        order.push(synchronous())
      }),
      db.transaction().execute(async (tx) => {
        await add('b')(tx)
        order.push(synchronous())
      }),
    ])
    expect(order).toEqual([NORMAL, FULL])
  })

  it('undoes what failed, and waits for the disk again', async () => {
    const failing = writeLoosely(db, async (tx) => {
      await add('a')(tx)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect([await keys(), synchronous()]).toEqual([[], FULL])
  })
})
