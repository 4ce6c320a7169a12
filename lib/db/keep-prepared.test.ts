import SqliteDriver from 'better-sqlite3'
import { expect, it } from 'vitest'
import { keepPrepared } from './keep-prepared'

it('prepares a statement once, and sees what has changed since', () => {
  const driver = new SqliteDriver(':memory:')
  driver.exec('create table t (a)')
  const database = keepPrepared(driver)
  const all = 'select * from t'
  expect(database.prepare(all)).toBe(database.prepare(all))
  expect(database.prepare(all).all([])).toEqual([])
  database.prepare('insert into t values (?)').run([1])
  driver.exec('alter table t add column b default 2')
  expect(database.prepare(all).all([])).toEqual([{ a: 1, b: 2 }])
  database.close()
  expect(driver.open).toBe(false)
})

it('lets go of statements when there are too many', () => {
  const driver = new SqliteDriver(':memory:')
  const database = keepPrepared(driver)
  const first = database.prepare('select 0 as n')
  for (let n = 1; n <= 500; n += 1) database.prepare(`select ${n} as n`)
  expect(database.prepare('select 0 as n')).not.toBe(first)
  expect(database.prepare('select 0 as n').all([])).toEqual([{ n: 0 }])
  database.close()
})
