import { type Finding, findFlag, type LintContext, toFinding } from './lint-finding'
import type { GivenFlag } from './parse-serve-args'

/** What vLLM's newest takes for `--quantization`. */
const METHODS = new Set(
  `auto_awq auto_gptq awq awq_marlin compressed-tensors deepseek_v4_fp8 experts_int8 fbgemm_fp8 fp8
  fp8_per_block fp8_per_channel fp8_per_tensor fp_quant gpt_oss_mxfp4 gptq gptq_marlin humming inc
  int8_per_channel_weight_only modelopt modelopt_fp4 modelopt_mixed modelopt_mxfp8 moe_wna16 mxfp4
  mxfp8 nvfp4_per_token online quark torchao`.split(/\s+/),
)

/** Left the core and need a plugin, from this minor version on. */
const PLUGINS: Record<string, number> = { gguf: 24, bitsandbytes: 28 }

/** They quantize plain weights while these load; all others only read what is quantized already. */
const ONLINE =
  /^(?:fp8|fp8_per_\w+|mxfp8|int8_per_channel_weight_only|nvfp4_per_token|online|experts_int8|torchao|humming)$/

const QUANTIZED_NAME =
  /awq|gptq|int4|int8|w4a16|w8a|fp8|4bit|8bit|-bnb|autoround|mxfp4|nvfp4|quantized|gguf/i

const INT4 = /awq|gptq/

/** The method is read from the weights; naming it can only be right or end the start. */
export function lintQuantization(context: LintContext): Finding[] {
  const target = findFlag(context, 'quantization')
  const method = target?.value?.toLowerCase()
  const findings =
    target === undefined || method === undefined ? [] : lintMethod({ target, method, context })
  return [...findings, ...lintDtype({ context, method })]
}

function lintMethod(options: {
  target: GivenFlag
  method: string
  context: LintContext
}): Finding[] {
  const { target, method, context } = options
  const values = { method }
  const since = PLUGINS[method]
  if (since !== undefined) {
    return context.version.minor < since
      ? []
      : [
          toFinding({
            code: 'quantization-plugin',
            severity: 'error',
            target,
            values: { ...values, since: `0.${since}` },
          }),
        ]
  }
  if (!METHODS.has(method)) {
    return [toFinding({ code: 'quantization-unknown', severity: 'error', target, values })]
  }
  if (ONLINE.test(method)) return []
  const model = context.args.model ?? ''
  // A folder or a variable does not say what is in it.
  const isNamed = /^[\w.-]+\/[\w.-]+$/.test(model) && !/^models?\//i.test(model)
  const fix = { kind: 'remove' } as const
  if (isNamed && !QUANTIZED_NAME.test(model)) {
    return [
      toFinding({
        code: 'quantization-on-plain-weights',
        severity: 'error',
        target,
        values: { ...values, model },
        fix,
      }),
    ]
  }
  return [toFinding({ code: 'quantization-named', severity: 'warning', target, values, fix })]
}

function lintDtype({
  context,
  method,
}: {
  context: LintContext
  method: string | undefined
}): Finding[] {
  const target = findFlag(context, 'dtype')
  const isHalf = target?.value === 'half' || target?.value === 'float16'
  const isInt4 = INT4.test(method ?? '') || INT4.test((context.args.model ?? '').toLowerCase())
  if (target === undefined || !isHalf || !isInt4) return []
  return [
    toFinding({
      code: 'dtype-half-quantized',
      severity: 'note',
      target,
      values: { value: target.value ?? '' },
      fix: { kind: 'remove' },
    }),
  ]
}
