// Loaded into a server by NODE_OPTIONS=--require, by one test alone and only where it may not mount a
// small disk: while the file DISK_FULL_FILE is there, whatever writes fails as on a full one.
const { existsSync } = require('node:fs')
const { Module } = require('node:module')

const sign = process.env.DISK_FULL_FILE

function watch(statement, SqliteError) {
  for (const name of ['run', 'all', 'get']) {
    const plain = statement[name]
    statement[name] = (...values) => {
      if (existsSync(sign)) throw new SqliteError('database or disk is full', 'SQLITE_FULL')
      return plain.apply(statement, values)
    }
  }
}

/** The driver's class, once. */
function watchDriver(Database) {
  const prepare = Database?.prototype?.prepare
  if (prepare === undefined || prepare.isWatched) return
  Database.prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql)
    if (!statement.readonly) watch(statement, Database.SqliteError)
    return statement
  }
  Database.prototype.prepare.isWatched = true
}

if (sign !== undefined) {
  const load = Module._load
  Module._load = function (request, ...rest) {
    const exported = load.call(this, request, ...rest)
    if (/better-sqlite3/.test(request)) watchDriver(exported)
    return exported
  }
}
