import { createHash } from 'node:crypto'
import { access, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freeDiskBytes, requireDiskSpace, sumFiles, toMb } from './disk.ts'
import { EngineFailure, type FailureCode } from './engine-failure.ts'
import { runCommand } from './run-command.ts'
import type { StageLog } from './stage-log.ts'

const COPIED = ['package.json', 'package-lock.json', '.npmrc'] as const
const MARKER = 'installed.json'
/** 85 MB on Linux x64, and npm's own copy of the archives. */
const NEEDED_BYTES = 250e6
const PROGRESS_MS = 1000

/**
 * Installs node-llama-cpp and the one binary package into `targetDir`, unless this very lockfile
 * is there already. No package's scripts run: the binary is a prebuilt one.
 * @throws {EngineFailure} no-network, no-npm, no-space, package-not-found, unsupported-platform, install-failed.
 */
export async function installRuntime(options: {
  /** Holds package.json, the lockfile and .npmrc. */
  sourceDir: string
  targetDir: string
  binaryPackage: string
  log: StageLog
  npm?: string
  freeBytes?: (folder: string) => Promise<number>
}): Promise<void> {
  const {
    sourceDir,
    targetDir,
    binaryPackage,
    log,
    npm = 'npm',
    freeBytes = freeDiskBytes,
  } = options
  const version = await lockedVersion(sourceDir)
  const wanted = await fingerprint({ sourceDir, binaryPackage })
  if (await isInstalled({ targetDir, binaryPackage, wanted })) return
  const startedAt = performance.now()
  log.stage('installing', { package: 'node-llama-cpp', version })
  await mkdir(targetDir, { recursive: true })
  await requireDiskSpace({ folder: targetDir, neededBytes: NEEDED_BYTES, freeBytes })
  await rm(join(targetDir, MARKER), { force: true })
  for (const name of COPIED) await copyFile(join(sourceDir, name), join(targetDir, name))
  const elapsed = () => Math.round((performance.now() - startedAt) / 1000)
  const timer = setInterval(() => {
    void sumFiles({ folder: join(targetDir, 'node_modules') }).then((bytes) =>
      log.stage('installing', { done_mb: toMb(bytes), elapsed_s: elapsed() }),
    )
  }, PROGRESS_MS)
  try {
    await runNpm({ npm, targetDir, spec: `${binaryPackage}@${version}` })
  } finally {
    clearInterval(timer)
  }
  await writeFile(join(targetDir, MARKER), `${JSON.stringify({ fingerprint: wanted })}\n`)
  const bytes = await sumFiles({ folder: join(targetDir, 'node_modules') })
  log.stage('installing', { percent: 100, done_mb: toMb(bytes), elapsed_s: elapsed() })
}

/** `--omit=optional` leaves out every binary (CUDA alone is 500 MB); the one asked for by name is installed all the same. */
async function runNpm(options: { npm: string; targetDir: string; spec: string }): Promise<void> {
  const { npm, targetDir, spec } = options
  const flags = ['--no-save', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund']
  const result = await runCommand({
    command: npm,
    args: ['install', '--prefix', targetDir, ...flags, '--loglevel=error', spec],
    cwd: targetDir,
  })
  if (result.status === 'missing') throw new EngineFailure('no-npm')
  if (result.exitCode === 0) return
  throw new EngineFailure(toInstallCode(result.output), { reason: firstCause(result.output) })
}

const NPM_CAUSES: [RegExp, FailureCode][] = [
  [/ENOSPC|no space left/i, 'no-space'],
  [/EBADPLATFORM/, 'unsupported-platform'],
  [/\bE404\b|ETARGET/, 'package-not-found'],
  [/EACCES|EPERM|EROFS/, 'not-writable'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|network/i,
    'no-network',
  ],
]

function toInstallCode(output: string): FailureCode {
  return NPM_CAUSES.find(([pattern]) => pattern.test(output))?.[1] ?? 'install-failed'
}

const SAYS_LITTLE = /^(?:code|errno|syscall|type|A complete log of this run) ?/

/** npm says the cause first, and then where it happened. */
function firstCause(output: string): string {
  const lines = output.split('\n').map((line) => line.replace(/^npm error\s*/, '').trim())
  const told = lines.filter((line) => line !== '' && !SAYS_LITTLE.test(line))
  return (told[0] ?? 'npm gave no reason').slice(0, 300)
}

async function lockedVersion(sourceDir: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(sourceDir, 'package.json'), 'utf8'))
  const version = /"node-llama-cpp":"([^"]+)"/.exec(JSON.stringify(manifest))?.[1]
  if (version === undefined) throw new EngineFailure('internal', { reason: 'no version is pinned' })
  return version
}

async function fingerprint(options: { sourceDir: string; binaryPackage: string }): Promise<string> {
  const hash = createHash('sha256').update(options.binaryPackage)
  for (const name of COPIED) hash.update(await readFile(join(options.sourceDir, name)))
  return hash.digest('hex')
}

async function isInstalled(options: {
  targetDir: string
  binaryPackage: string
  wanted: string
}): Promise<boolean> {
  const { targetDir, binaryPackage, wanted } = options
  const marker = await readFile(join(targetDir, MARKER), 'utf8').catch(() => '')
  if (!marker.includes(wanted)) return false
  const packages = ['node-llama-cpp', binaryPackage].map((name) =>
    access(join(targetDir, 'node_modules', name, 'package.json')),
  )
  return Promise.all(packages).then(
    () => true,
    () => false,
  )
}
