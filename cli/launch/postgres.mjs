import { spawnSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { findFreePort } from './find-free-port.mjs'
import { LaunchError } from './launch-error.mjs'
import { runChild } from './run-child.mjs'

const DEBIAN = '/usr/lib/postgresql'
const isRoot = () => process.getuid?.() === 0

/** The folder that holds initdb and pg_ctl. */
function findPrograms() {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))
    : []
  const folders = [
    process.env.POSTGRES_BIN,
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  return folders.find((folder) => folder && existsSync(join(folder, 'initdb')))
}

async function installPostgres() {
  // Debian's package would make a cluster of its own and start it with the machine.
  const settings = '/etc/postgresql-common/createcluster.conf'
  if (!existsSync(settings)) {
    mkdirSync(dirname(settings), { recursive: true })
    writeFileSync(settings, 'create_main_cluster = false\n')
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const steps = [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'postgresql'],
  ]
  for (const args of steps) {
    const code = await runChild({ command: 'apt-get', args, env })
    if (code !== 0) {
      throw new LaunchError(
        `Postgres could not be installed: apt-get ${args[0]} ended with ${code}.`,
      )
    }
  }
}

async function ensurePrograms() {
  let folder = findPrograms()
  if (folder === undefined && existsSync('/etc/debian_version') && isRoot()) {
    await installPostgres()
    folder = findPrograms()
  }
  if (folder === undefined) {
    throw new LaunchError(
      'Postgres is needed for these tests and was not found: install it (Debian: apt-get install postgresql), or set POSTGRES_BIN to the folder of its programs.',
    )
  }
  return folder
}

/** Postgres refuses to run as root. */
function asItsUser(program, args) {
  return isRoot()
    ? { command: 'runuser', args: ['-u', 'postgres', '--', program, ...args] }
    : { command: program, args }
}

function runProgram(program, args) {
  const { command, args: all } = asItsUser(program, args)
  const { status, stdout, stderr } = spawnSync(command, all, { encoding: 'utf8', cwd: tmpdir() })
  if (status === 0) return
  throw new LaunchError(`${program} ended with ${status}: ${`${stdout}${stderr}`.trim()}`)
}

/** A folder that its user may enter and write. */
function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'first-token-postgres-'))
  if (!isRoot()) return folder
  const { stdout } = spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' })
  chownSync(folder, Number(stdout.trim()), 0)
  return folder
}

/**
 * A Postgres of its own on a free port of this machine, for as long as the command runs. It is found by
 * TEST_POSTGRES_URL, and can be ended and started again with pg_ctl by the other two names.
 * @throws {LaunchError}
 */
export async function startPostgres() {
  const programs = await ensurePrograms()
  const folder = makeFolder()
  const data = join(folder, 'data')
  const port = await findFreePort()
  const initdb = join(programs, 'initdb')
  const locale = ['--locale=C.UTF-8', '--encoding=UTF8']
  const users = ['--username=postgres', '--auth=trust']
  runProgram(initdb, ['--pgdata', data, ...locale, ...users, '--no-sync'])
  const control = join(programs, 'pg_ctl')
  const settings = [
    `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`,
    '-c max_connections=200 -c shared_buffers=128MB',
  ].join(' ')
  const stop = () => {
    const { command, args } = asItsUser(control, ['stop', '-D', data, '-m', 'immediate'])
    spawnSync(command, args, { stdio: 'ignore', cwd: tmpdir() })
    rmSync(folder, { recursive: true, force: true })
    process.off('exit', stop)
  }
  process.on('exit', stop)
  runProgram(control, ['start', '-w', '-D', data, '-l', join(folder, 'log'), '-o', settings])
  return {
    env: {
      TEST_POSTGRES_URL: `postgres://postgres@127.0.0.1:${port}/postgres`,
      TEST_POSTGRES_DATA: data,
      TEST_POSTGRES_CONTROL: control,
    },
    stop,
  }
}
