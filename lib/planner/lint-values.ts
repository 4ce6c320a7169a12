import { toGib } from './assess-plan'
import { type Finding, findFlag, type LintContext, readInteger, toFinding } from './lint-finding'
import { KNOWN_MODELS } from './model-catalogue'
import type { ModelShape } from './model-shape'
import { toKvBytesPerToken } from './plan-memory'

const LONG_CONTEXT = 131_072
const LOW_SEQUENCES = 64

/** vLLM's largest default for `--max-num-seqs`; fewer tokens a step than that end a start. */
const MOST_SEQUENCES = 1024

/** `--max-model-len auto`: the longest that fits. */
const AUTO_FIT_SINCE = 14
const HIGH_UTILIZATION = 0.95

/** The model of the command, where its shape is known; quantized copies have the same one. */
function findShape(model: string | undefined): ModelShape | undefined {
  const short = (model ?? '').split('/').at(-1)?.toLowerCase() ?? ''
  const plain = short.replace(/-(?:awq|fp8|gptq(?:-int[48])?)$/, '')
  return KNOWN_MODELS.find(({ id }) => id.split('/').at(-1)?.toLowerCase() === plain)
}

/** Lengths, batches and shares. */
export function lintValues(context: LintContext): Finding[] {
  return [
    ...lintSuffixes(context),
    ...lintContext(context),
    ...lintParallel(context),
    ...lintBatch(context),
    ...lintUtilization(context),
  ]
}

function lintSuffixes({ args }: LintContext): Finding[] {
  return args.flags.flatMap((target) => {
    const found = /^(\d+)([kmg])$/.exec(target.value ?? '')
    const isLength = ['max-model-len', 'max-num-batched-tokens'].includes(target.name)
    if (found === null || !isLength) return []
    const value = found[0]
    const meant = `${found[1]}${found[2]?.toUpperCase()}`
    return [
      toFinding({
        code: 'suffix-lowercase',
        severity: 'warning',
        target,
        values: {
          value,
          tokens: readInteger(value) ?? 0,
          meant,
          meantTokens: readInteger(meant) ?? 0,
        },
        fix: { kind: 'replace', words: [target.written, String(readInteger(meant))] },
      }),
    ]
  })
}

function lintContext(context: LintContext): Finding[] {
  const target = findFlag(context, 'max-model-len')
  const maxModelLen = readInteger(target?.value)
  if (target === undefined || maxModelLen === undefined) return []
  const shape = findShape(context.args.model)
  if (shape !== undefined && maxModelLen > shape.maxContextTokens) {
    return [
      toFinding({
        code: 'context-above-model',
        severity: 'error',
        target,
        values: { maxModelLen, modelMax: shape.maxContextTokens },
        fix: { kind: 'remove' },
      }),
    ]
  }
  if (maxModelLen < LONG_CONTEXT) return []
  const canAutoFit = context.version.minor >= AUTO_FIT_SINCE
  const bytesPerToken =
    shape === undefined
      ? undefined
      : toKvBytesPerToken({ shape, gpuCount: 1, kvCacheDtype: 'auto' })
  const needed =
    bytesPerToken === undefined ? {} : { neededGib: toGib(maxModelLen * bytesPerToken) }
  return [
    toFinding({
      code: 'context-long',
      severity: 'warning',
      target,
      values: { maxModelLen, ...needed },
      fix: { kind: 'replace', words: [target.written, canAutoFit ? 'auto' : '16384'] },
    }),
  ]
}

function lintParallel(context: LintContext): Finding[] {
  const target = findFlag(context, 'tensor-parallel-size')
  const gpuCount = readInteger(target?.value)
  const shape = findShape(context.args.model)
  if (target === undefined || gpuCount === undefined || shape === undefined) return []
  if (shape.attentionHeads % gpuCount === 0) return []
  return [
    toFinding({
      code: 'heads-not-divisible',
      severity: 'error',
      target,
      values: { gpuCount, attentionHeads: shape.attentionHeads },
    }),
  ]
}

function lintBatch(context: LintContext): Finding[] {
  const seqs = findFlag(context, 'max-num-seqs')
  const batched = findFlag(context, 'max-num-batched-tokens')
  const maxNumSeqs = readInteger(seqs?.value)
  const maxNumBatchedTokens = readInteger(batched?.value)
  const findings: Finding[] = []
  const isRoomy = maxNumBatchedTokens === undefined || maxNumBatchedTokens >= MOST_SEQUENCES
  if (seqs !== undefined && maxNumSeqs !== undefined && maxNumSeqs <= LOW_SEQUENCES) {
    findings.push(
      toFinding({
        code: 'seqs-low',
        severity: 'warning',
        target: seqs,
        values: { maxNumSeqs },
        ...(isRoomy ? { fix: { kind: 'remove' } } : {}),
      }),
    )
  }
  if (batched === undefined || maxNumBatchedTokens === undefined) return findings
  if (maxNumSeqs !== undefined && maxNumBatchedTokens < maxNumSeqs) {
    findings.push(
      toFinding({
        code: 'batched-below-seqs',
        severity: 'error',
        target: batched,
        values: { maxNumBatchedTokens, maxNumSeqs },
        fix: { kind: 'remove' },
      }),
    )
  }
  const length = readInteger(findFlag(context, 'max-model-len')?.value)
  const chunked = findFlag(context, 'enable-chunked-prefill')
  if (chunked?.isNegated && length !== undefined && maxNumBatchedTokens < length) {
    findings.push(
      toFinding({
        code: 'batched-below-context',
        severity: 'error',
        target: chunked,
        values: { maxNumBatchedTokens, maxModelLen: length },
        fix: { kind: 'remove' },
      }),
    )
  }
  return findings
}

function lintUtilization(context: LintContext): Finding[] {
  const target = findFlag(context, 'gpu-memory-utilization')
  const utilization = Number(target?.value)
  if (target === undefined || !(utilization > 0 && utilization <= 1)) return []
  const standard = context.version.minor >= 20 ? 0.92 : 0.9
  const values = { utilization, standard }
  if (utilization >= HIGH_UTILIZATION) {
    return [toFinding({ code: 'utilization-high', severity: 'warning', target, values })]
  }
  return utilization < standard
    ? [toFinding({ code: 'utilization-lowered', severity: 'note', target, values })]
    : []
}
