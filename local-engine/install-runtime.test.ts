import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installRuntime } from './install-runtime.ts'
import { requireMemory } from './load-model.ts'
import { isMuslLinux, platformPackage } from './platform-package.ts'
import type { Stage, StageLog } from './stage-log.ts'

const BINARY = '@node-llama-cpp/linux-x64'
let folder: string
let stages: Stage[]
let log: StageLog

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runtime-'))
  stages = []
  log = {
    stage: (stage) => stages.push(stage),
    fail: () => {},
    note: () => {},
    close: () => {},
    keepIn: () => {},
  }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** An `npm` that notes its arguments, makes the two packages, or fails with a message. */
function fakeNpm(stderr?: string): string {
  const path = join(folder, 'npm')
  const make = `for p in node-llama-cpp ${BINARY}; do mkdir -p "node_modules/$p"; echo '{}' > "node_modules/$p/package.json"; done`
  const body = stderr === undefined ? make : `printf '%s' "${stderr}" >&2; exit 1`
  writeFileSync(path, `#!/bin/sh\necho "$@" >> "${join(folder, 'asked')}"\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}

const asked = () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n')
const target = () => join(folder, 'data', 'local-engine')
const install = (options: { npm: string; freeBytes?: () => Promise<number> }) =>
  installRuntime({
    sourceDir: import.meta.dirname,
    targetDir: target(),
    binaryPackage: BINARY,
    log,
    ...options,
  })

it('installs the pinned version and the one binary, without scripts and without the other binaries', async () => {
  await install({ npm: fakeNpm() })
  const { dependencies } = JSON.parse(readFileSync(join(target(), 'package.json'), 'utf8'))
  expect(asked()).toEqual([
    `install --prefix ${target()} --no-save --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error ${BINARY}@${dependencies['node-llama-cpp']}`,
  ])
  expect(stages.every((stage) => stage === 'installing')).toBe(true)
})

it('installs once, and again when a package is gone or the lockfile is another', async () => {
  const npm = fakeNpm()
  await install({ npm })
  await install({ npm })
  expect(asked()).toHaveLength(1)
  rmSync(join(target(), 'node_modules', BINARY), { recursive: true })
  await install({ npm })
  expect(asked()).toHaveLength(2)
  writeFileSync(join(target(), 'installed.json'), '{"fingerprint":"of an older lockfile"}')
  await install({ npm })
  expect(asked()).toHaveLength(3)
})

describe('what stands in the way', () => {
  it.each([
    ['no-network', 'npm error code ENOTFOUND\nnpm error network request to a host failed'],
    ['no-space', 'npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write'],
    ['package-not-found', 'npm error code ETARGET\nnpm error notarget No matching version found'],
    ['unsupported-platform', 'npm error code EBADPLATFORM'],
    ['install-failed', 'npm error something else'],
  ])('is named %s', async (code, stderr) => {
    await expect(install({ npm: fakeNpm(stderr) })).rejects.toMatchObject({ code })
    expect(existsSync(join(target(), 'installed.json'))).toBe(false)
  })

  it('is a machine without npm', async () => {
    await expect(install({ npm: join(folder, 'nothing') })).rejects.toMatchObject({
      code: 'no-npm',
    })
  })

  it('is a disk too small, before npm is asked', async () => {
    const npm = fakeNpm()
    await expect(install({ npm, freeBytes: async () => 5e6 })).rejects.toMatchObject({
      code: 'no-space',
      facts: { free_mb: 5, needed_mb: 250 },
    })
    expect(existsSync(join(folder, 'asked'))).toBe(false)
  })

  it('is a platform without a prebuilt binary', () => {
    expect(platformPackage({ platform: 'linux', arch: 'arm64', isMusl: false })).toBe(
      '@node-llama-cpp/linux-arm64',
    )
    expect(() => platformPackage({ platform: 'freebsd', arch: 'x64', isMusl: false })).toThrow(
      expect.objectContaining({
        code: 'unsupported-platform',
        facts: { platform: 'freebsd', arch: 'x64' },
      }),
    )
    expect(() => platformPackage({ platform: 'linux', arch: 'x64', isMusl: true })).toThrow(
      expect.objectContaining({ facts: { platform: 'linux', arch: 'x64', libc: 'musl' } }),
    )
  })

  it('is a model larger than the free memory, with both figures', () => {
    const model = { modelPath: '/models/big.gguf', bytes: 8e9 }
    expect(() => requireMemory({ ...model, available: 4e9 })).toThrow(
      expect.objectContaining({
        code: 'not-enough-memory',
        facts: { model: 'big.gguf', needed_mb: 8300, free_mb: 4000 },
      }),
    )
    expect(() => requireMemory({ ...model, available: 9e9 })).not.toThrow()
  })
})

it('pins every package of its lockfile by checksum and names no host', () => {
  const lock = readFileSync(join(import.meta.dirname, 'package-lock.json'), 'utf8')
  const packages = Object.entries(
    JSON.parse(lock).packages as Record<string, { integrity?: string }>,
  )
  expect(
    packages.filter(([name, { integrity }]) => name !== '' && integrity === undefined),
  ).toEqual([])
  expect(lock).not.toContain('"resolved"')
  expect(packages.some(([name]) => name.endsWith(BINARY))).toBe(true)
})

it('knows a C library of its own machine', () => {
  expect(isMuslLinux()).toBe(existsSync('/etc/alpine-release'))
})
