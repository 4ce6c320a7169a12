import { type Finding, type LintContext, toFinding } from './lint-finding'
import type { GivenFlag, Stray } from './parse-serve-args'
import { isInVersion } from './serve-flag-history'

/** What took the place of a removed flag; an empty text means that nothing is needed. */
const INSTEAD: Record<string, string> = {
  'calculate-kv-scales': '',
  'cuda-graph-sizes': '--cudagraph-capture-sizes',
  device: '',
  'disable-log-requests': '',
  'enable-reasoning': '--reasoning-parser',
  'guided-decoding-backend': '--structured-outputs-config.backend',
  'max-seq-len-to-capture': '--max-cudagraph-capture-size',
  'num-scheduler-steps': '',
  'override-pooler-config': '--pooler-config',
  'rope-scaling': '--hf-overrides',
  'rope-theta': '--hf-overrides',
  'scheduler-delay-factor': '',
  'swap-space': '',
  task: '--runner',
  'use-v2-block-manager': '',
}

/** Gone before 0.8, so the history does not name them. */
const GONE_EARLIER = new Set(['worker-use-ray', 'engine-use-ray', 'quantization-param-path'])

/** On by default in every version planned for, or the default value itself. */
const NO_OPS: Record<string, string | undefined> = {
  'enable-chunked-prefill': undefined,
  'enable-prefix-caching': undefined,
  dtype: 'auto',
  'tensor-parallel-size': '1',
  'pipeline-parallel-size': '1',
  'kv-cache-dtype': 'auto',
  'load-format': 'auto',
}

const BOOLEAN_WORD = /^(?:true|false|0|1|yes|no)$/i

const INTEGER_FLAGS = [
  'max-model-len',
  'max-num-seqs',
  'max-num-batched-tokens',
  'tensor-parallel-size',
]

const CHOICES: Record<string, readonly string[]> = {
  dtype: ['auto', 'bfloat16', 'float', 'float16', 'float32', 'half'],
}

/** Whether each flag exists in this version, and was given as its parser takes it. */
export function lintFlags(context: LintContext): Finding[] {
  const { flags, strays } = context.args
  return [
    ...flags.flatMap((flag) => lintExistence({ flag, context })),
    ...flags.flatMap(lintValue),
    ...flags.flatMap((flag, index) => lintTwice({ flag, earlier: flags.slice(0, index) })),
    ...flags.filter((flag) => strays.every(({ after }) => after !== flag)).flatMap(lintNoOp),
    ...strays.map(toStray),
  ]
}

function lintExistence({
  flag,
  context: { version },
}: {
  flag: GivenFlag
  context: LintContext
}): Finding[] {
  const { known, name } = flag
  if (known === undefined) return [toUnknown(flag)]
  const values = { version: version.text }
  if (!isInVersion({ flag: known, minor: version.minor })) {
    if (known.sinceMinor > version.minor) {
      const since = `0.${known.sinceMinor}`
      return [
        toFinding({
          code: 'flag-too-new',
          severity: 'error',
          target: flag,
          values: { ...values, since },
          fix: { kind: 'remove' },
        }),
      ]
    }
    return [toRemoved({ flag, removed: `0.${known.removedMinor}`, values })]
  }
  if (!flag.isAbbreviated) return []
  const words = [`--${name}`, ...flag.words.slice(1)]
  return [
    toFinding({
      code: 'flag-abbreviated',
      severity: 'note',
      target: flag,
      values: { full: `--${name}` },
      fix: { kind: 'replace', words },
    }),
  ]
}

function toRemoved(options: {
  flag: GivenFlag
  removed: string
  values: Record<string, string>
}): Finding {
  const { flag, removed, values } = options
  const instead = INSTEAD[flag.name] ?? ''
  const takesSameValue =
    instead !== '' && flag.value !== undefined && !['--hf-overrides', '--runner'].includes(instead)
  return toFinding({
    code: 'flag-removed',
    severity: 'error',
    target: flag,
    values: { ...values, removed, ...(instead === '' ? {} : { instead }) },
    fix: takesSameValue
      ? { kind: 'replace', words: [instead, flag.value?.split(':')[0] ?? ''] }
      : { kind: 'remove' },
  })
}

function toUnknown(flag: GivenFlag): Finding {
  if (GONE_EARLIER.has(flag.name)) {
    return toRemoved({ flag, removed: '0.8', values: {} })
  }
  const [similar] = flag.similar
  const values = similar === undefined ? {} : { similar: `--${similar}` }
  return toFinding({ code: 'flag-unknown', severity: 'error', target: flag, values })
}

function lintValue(flag: GivenFlag): Finding[] {
  const { known, value, name } = flag
  if (known === undefined) return []
  if (known.arity === 'none') {
    if (value === undefined) return []
    const words = /^(?:false|0|no)$/i.test(value) ? [`--no-${name}`] : [`--${name}`]
    return [
      toFinding({
        code: 'value-unexpected',
        severity: 'error',
        target: flag,
        values: { value },
        fix: { kind: 'replace', words },
      }),
    ]
  }
  if (value === undefined || value === '') {
    return name === 'hf-token'
      ? []
      : [toFinding({ code: 'value-missing', severity: 'error', target: flag })]
  }
  return isWrong({ name, value })
    ? [toFinding({ code: 'value-invalid', severity: 'error', target: flag, values: { value } })]
    : []
}

function isWrong({ name, value }: { name: string; value: string }): boolean {
  // A variable of the shell has its value later.
  if (value.includes('$')) return false
  if (INTEGER_FLAGS.includes(name)) {
    const isAuto = name === 'max-model-len' && /^(?:auto|-1)$/i.test(value)
    return !isAuto && !/^\d+(?:\.\d+)?[kmgt]?$|^\d+[KMGT]$/.test(value)
  }
  if (name === 'gpu-memory-utilization') return !(Number(value) > 0 && Number(value) <= 1)
  const choices = CHOICES[name]
  return choices !== undefined && !choices.includes(value)
}

function lintTwice({
  flag,
  earlier,
}: {
  flag: GivenFlag
  earlier: readonly GivenFlag[]
}): Finding[] {
  const first = earlier.find(({ name }) => name === flag.name)
  if (first === undefined || flag.written.includes('.')) return []
  return [
    toFinding({
      code: 'flag-twice',
      severity: 'warning',
      target: first,
      values: { value: flag.value ?? flag.written },
      fix: { kind: 'remove' },
    }),
  ]
}

function lintNoOp(flag: GivenFlag): Finding[] {
  const { name, value, isNegated } = flag
  if (!Object.hasOwn(NO_OPS, name) || isNegated || value !== NO_OPS[name]) return []
  return [toFinding({ code: 'no-op', severity: 'note', target: flag, fix: { kind: 'remove' } })]
}

/** `--enable-chunked-prefill False`: the word after a plain flag belongs to nothing. */
function toStray({ word, after }: Stray): Finding {
  const stray = { code: 'stray-word', severity: 'error', flag: word } as const
  if (!BOOLEAN_WORD.test(word) || after?.known?.arity !== 'none') {
    return { ...stray, values: {}, fix: undefined, target: undefined }
  }
  const meant = /^(?:false|0|no)$/i.test(word) ? `--no-${after.name}` : `--${after.name}`
  return {
    ...stray,
    values: { owner: after.written, meant },
    fix: { kind: 'replace', words: [meant] },
    target: after,
  }
}
