// Loaded into a server by NODE_OPTIONS=--require, by the kill harness alone. As soon as the file
// KILL_AT_FILE names a point, the process ends there by SIGKILL, after noting the time in that file.
const { readFileSync, writeFileSync } = require('node:fs')
const { Module } = require('node:module')

const file = process.env.KILL_AT_FILE

function dieAt(point) {
  let armed = ''
  try {
    armed = readFileSync(file, 'utf8')
  } catch {}
  if (armed !== point) return
  writeFileSync(file, `${point} ${performance.timeOrigin + performance.now()}`)
  process.kill(process.pid, 'SIGKILL')
}

/** What a statement is to us; the columns that it sets tell an end from a checkpoint. */
function kindOf(sql) {
  if (/^\s*commit\b/i.test(sql)) return 'commit'
  if (/^\s*(begin|rollback)\b/i.test(sql)) return 'begin'
  if (/^insert into "messages"/.test(sql)) return 'question'
  if (!/^update "messages" set "text"/.test(sql)) return undefined
  return /"status" = \?.* where/.test(sql) ? 'finish' : 'checkpoint'
}

/** The kind of the transaction that is open; one connection, so there is one. */
let open

const POINTS = {
  question: { before: 'before-question', after: 'mid-question' },
  checkpoint: { before: 'before-checkpoint', after: 'mid-checkpoint' },
  finish: { before: 'before-finish', after: 'mid-finish' },
}

const COMMITS = {
  question: { before: 'before-commit', after: 'after-commit' },
  checkpoint: { before: 'before-checkpoint-commit', after: 'after-checkpoint' },
  finish: { before: 'before-finish-commit', after: 'after-finish' },
}

function watch(statement, name, kind) {
  const plain = statement[name]
  statement[name] = (...values) => {
    if (kind !== 'commit' && kind !== 'begin') open ??= kind
    const points = kind === 'commit' ? COMMITS[open] : POINTS[kind]
    if (points !== undefined) dieAt(points.before)
    const result = plain.apply(statement, values)
    if (points !== undefined) dieAt(points.after)
    if (kind === 'commit' || kind === 'begin') open = undefined
    return result
  }
}

/** The driver's class, once. */
function watchDriver(Database) {
  const prepare = Database?.prototype?.prepare
  if (prepare === undefined || prepare.isWatched) return
  Database.prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql)
    const kind = kindOf(sql)
    if (kind !== undefined) for (const name of ['run', 'all', 'get']) watch(statement, name, kind)
    return statement
  }
  Database.prototype.prepare.isWatched = true
}

if (file !== undefined) {
  const load = Module._load
  Module._load = function (request, ...rest) {
    const exported = load.call(this, request, ...rest)
    if (/better-sqlite3/.test(request)) watchDriver(exported)
    return exported
  }
}
