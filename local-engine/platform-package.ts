import { EngineFailure } from './engine-failure.ts'

const PACKAGES: Record<string, string> = {
  'linux-x64': '@node-llama-cpp/linux-x64',
  'linux-arm64': '@node-llama-cpp/linux-arm64',
  'linux-arm': '@node-llama-cpp/linux-armv7l',
  'linux-riscv64': '@node-llama-cpp/linux-riscv64',
  'darwin-arm64': '@node-llama-cpp/mac-arm64-metal',
  'darwin-x64': '@node-llama-cpp/mac-x64',
  'win32-x64': '@node-llama-cpp/win-x64',
  'win32-arm64': '@node-llama-cpp/win-arm64',
}

/**
 * The one package with the prebuilt binary of this machine.
 * @throws {EngineFailure} `unsupported-platform` where there is none (the Linux ones are built on glibc).
 */
export function platformPackage(machine: {
  platform: string
  arch: string
  isMusl: boolean
}): string {
  const name = PACKAGES[`${machine.platform}-${machine.arch}`]
  if (name !== undefined && !machine.isMusl) return name
  throw new EngineFailure('unsupported-platform', {
    platform: machine.platform,
    arch: machine.arch,
    ...(machine.isMusl ? { libc: 'musl' } : {}),
  })
}

/** Linux without glibc (Alpine). */
export function isMuslLinux(): boolean {
  if (process.platform !== 'linux' || process.report === undefined) return false
  const report: unknown = process.report.getReport()
  if (typeof report !== 'object' || report === null || !('header' in report)) return false
  const { header } = report
  return typeof header === 'object' && header !== null && !('glibcVersionRuntime' in header)
}
