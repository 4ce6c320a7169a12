import options from './vllm-0.32.0.serve-options.json' with { type: 'json' }

type Option = (typeof options.options)[number]

const byFlag = new Map<string, Option>(
  options.options.flatMap((option) => option.flags.map((flag): [string, Option] => [flag, option])),
)

const INTEGER = /^-?\d+$/
const READABLE_INTEGER = /^\d+$|^\d+(?:\.\d+)?[kmgt]$|^\d+[KMGT]$/

function isConverted({ option, value }: { option: Option; value: string }): boolean {
  if (option.choices !== null && !option.choices.includes(value)) return false
  switch (option.converts) {
    case 'int':
      return INTEGER.test(value)
    case 'float':
      return value.trim() !== '' && Number.isFinite(Number(value))
    case 'human_readable_int':
      return READABLE_INTEGER.test(value)
    case 'human_readable_int_or_auto':
      return READABLE_INTEGER.test(value) || /^(?:-1|auto)$/i.test(value)
    default:
      return true
  }
}

/**
 * What the recorded parser of `vllm serve` 0.32.0 refuses in these arguments (those after `serve`),
 * one sentence each: unknown options, values that are missing, of the wrong kind or not a choice.
 */
export function findRefusals(args: readonly string[]): string[] {
  const refusals: string[] = []
  let at = 0
  if (args[0] !== undefined && !args[0].startsWith('-')) at = 1
  else if (!args.includes('--model')) refusals.push('no model')
  while (at < args.length) {
    const word = args[at] ?? ''
    at += 1
    // `--json-option.key value` is one part of a JSON value; `--flag=value` is one word.
    const [flag = '', ...joined] = word.split('=')
    const [name = ''] = flag.replaceAll('_', '-').split('.')
    if (/^-O[0-3]$/.test(word)) continue
    const option = byFlag.get(name)
    if (option === undefined) {
      refusals.push(`unrecognized arguments: ${word}`)
      continue
    }
    if (!option.takesValue) continue
    if (joined.length > 0) {
      const value = joined.join('=')
      if (!isConverted({ option, value })) refusals.push(`${word}: invalid value`)
      continue
    }
    const value = args[at]
    if (value === undefined || byFlag.has(value)) {
      refusals.push(`${word}: expected an argument`)
      continue
    }
    at += 1
    if (!isConverted({ option, value })) refusals.push(`${word}: invalid value ${value}`)
  }
  return refusals
}
