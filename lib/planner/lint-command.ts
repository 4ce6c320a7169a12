import { type Finding, type Fix, type LintContext, SEVERITIES } from './lint-finding'
import { lintFlags } from './lint-flags'
import { lintQuantization } from './lint-quantization'
import { lintSafety } from './lint-safety'
import { lintServing } from './lint-serving'
import { lintValues } from './lint-values'
import { type GivenFlag, parseServeArgs } from './parse-serve-args'
import { formatShellLines, requoteShell } from './quote-shell'
import { type CommandKind, type ReadCommand, readCommand } from './read-command'
import { splitCommand } from './split-command'
import { NEWEST_VERSION, type VllmVersion } from './vllm-version'

export type LintResult = {
  /** Most severe first, then as they stand in the command. */
  findings: Finding[]
  kind: CommandKind | undefined
  /** What it was judged by: the image's tag, else what was asked for, else the newest known. */
  version: VllmVersion
  /** The command with every fix that can be made by itself; undefined where there is none. */
  fixed: string | undefined
}

/** A pasted `vllm serve …`, `python -m vllm.entrypoints.openai.api_server …` or `docker run …`. */
export function lintCommand({
  text,
  version: asked,
}: {
  text: string
  version?: VllmVersion | undefined
}): LintResult {
  const { words, isQuoteOpen } = splitCommand(text)
  const command = readCommand(words[0] === '$' ? words.slice(1) : words)
  const version = command?.version ?? asked ?? NEWEST_VERSION
  const whole = { flag: '', values: {}, fix: undefined, target: undefined }
  if (command === undefined) {
    const finding: Finding = { code: 'not-a-command', severity: 'error', ...whole }
    return { findings: [finding], kind: undefined, version, fixed: undefined }
  }
  const context: LintContext = { command, args: parseServeArgs(command.args), version }
  const open: Finding[] = isQuoteOpen ? [{ code: 'quote-open', severity: 'error', ...whole }] : []
  const findings = [
    ...open,
    ...lintFlags(context),
    ...lintQuantization(context),
    ...lintValues(context),
    ...lintServing(context),
    ...lintSafety(context),
  ].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
  return { findings, kind: command.kind, version, fixed: mend({ context, findings }) }
}

function mend({
  context,
  findings,
}: {
  context: LintContext
  findings: readonly Finding[]
}): string | undefined {
  const isMendable = findings.some(({ fix }) => fix !== undefined)
  if (!isMendable) return undefined
  const { command, args } = context
  const fixes = new Map<GivenFlag, Fix>()
  const added: string[][] = []
  for (const { target, fix } of findings) {
    if (fix?.kind === 'add') added.push(fix.words)
    else if (target !== undefined && fix !== undefined && !fixes.has(target)) fixes.set(target, fix)
  }
  const isPositional = command.kind === 'serve' || command.kind === 'module'
  const kept = args.flags
    .filter(({ name }) => !(isPositional && name === 'model'))
    .map((flag) => applyFix({ flag, fix: fixes.get(flag) }))
  const positional = isPositional || !args.flags.some(({ name }) => name === 'model')
  const model = positional && args.model !== undefined ? [args.model] : []
  const first = [...toPrefix(command), ...model]
  return formatShellLines({
    lines: [first, ...kept, ...added].filter((line) => line.length > 0),
    quote: requoteShell,
  })
}

/** `python -u -m vllm.entrypoints…` becomes `vllm serve`; what stands before it stays. */
function toPrefix({ kind, prefix }: ReadCommand): string[] {
  if (kind !== 'module') return prefix
  const start = prefix.findIndex((word) => /(?:^|\/)python[\d.]*$/.test(word))
  return [...prefix.slice(0, start === -1 ? prefix.length - 1 : start), 'vllm', 'serve']
}

function applyFix({ flag, fix }: { flag: GivenFlag; fix: Fix | undefined }): string[] {
  if (fix?.kind === 'remove') return []
  return fix?.kind === 'replace' ? fix.words : flag.words
}
