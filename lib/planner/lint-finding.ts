import type { GivenFlag, ServeArguments } from './parse-serve-args'
import type { ReadCommand } from './read-command'
import type { VllmVersion } from './vllm-version'

export const LINT_CODES = [
  'not-a-command',
  'quote-open',
  'flag-removed',
  'flag-too-new',
  'flag-unknown',
  'flag-abbreviated',
  'flag-twice',
  'value-missing',
  'value-unexpected',
  'value-invalid',
  'stray-word',
  'model-missing',
  'model-flag',
  'module-entrypoint',
  'no-op',
  'suffix-lowercase',
  'context-above-model',
  'context-long',
  'heads-not-divisible',
  'seqs-low',
  'batched-below-seqs',
  'batched-below-context',
  'utilization-lowered',
  'utilization-high',
  'quantization-named',
  'quantization-on-plain-weights',
  'quantization-unknown',
  'quantization-plugin',
  'dtype-half-quantized',
  'eager',
  'prefix-caching-off',
  'stats-off',
  'metrics-without-stats',
  'parser-missing',
  'outputs-without-requests',
  'prompt-details-missing',
  'request-metrics-missing',
  'open-to-network',
  'key-in-command',
  'remote-code',
  'port-low',
  'dev-mode',
  'env-removed',
  'env-long-context',
  'image-not-pinned',
  'shared-memory-missing',
] as const

export type LintCode = (typeof LINT_CODES)[number]

export const SEVERITIES = ['error', 'warning', 'note'] as const

/** `error`: it does not start, or not as meant; `warning`: a risk or a loss; `note`: aged or of no effect. */
export type Severity = (typeof SEVERITIES)[number]

/** What the mended command does with the flag's words; `add` appends, `serve` starts it the present way. */
export type Fix =
  | { kind: 'remove' }
  | { kind: 'replace'; words: string[] }
  | { kind: 'add'; words: string[] }
  | { kind: 'serve' }

export type Finding = {
  code: LintCode
  severity: Severity
  /** As it was written; of a missing flag, as it would be. */
  flag: string
  values: Record<string, string | number>
  fix: Fix | undefined
  /** The words it is about. */
  target: GivenFlag | undefined
}

export type LintContext = {
  command: ReadCommand
  args: ServeArguments
  version: VllmVersion
}

/** A finding about a flag that stands in the command. */
export function toFinding(options: {
  code: LintCode
  severity: Severity
  target: GivenFlag
  values?: Record<string, string | number>
  fix?: Fix
}): Finding {
  const { code, severity, target, values = {}, fix } = options
  return { code, severity, flag: target.written, values, fix, target }
}

export function findFlag({ args }: LintContext, name: string): GivenFlag | undefined {
  return args.flags.findLast((flag) => flag.name === name)
}

/** `8192`, `8k` = 8000, `8K` = 8192; undefined for `auto` and what is no number. */
export function readInteger(text: string | undefined): number | undefined {
  const found = /^(\d+(?:\.\d+)?)([kmgt]?)$/i.exec(text?.trim() ?? '')
  if (found === null) return undefined
  const [, digits, suffix = ''] = found
  const power = ' kmgt'.indexOf(suffix.toLowerCase() || ' ')
  const base = suffix === suffix.toLowerCase() ? 1000 : 1024
  return Math.floor(Number(digits) * base ** Math.max(0, power))
}
