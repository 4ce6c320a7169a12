import {
  type Finding,
  findFlag,
  type LintCode,
  type LintContext,
  type Severity,
  toFinding,
} from './lint-finding'

/** How it is started, what it reports, and what it loses. */
export function lintServing(context: LintContext): Finding[] {
  return [
    ...lintStart(context),
    ...lintLosses(context),
    ...lintPairs(context),
    ...lintReporting(context),
  ]
}

function about(options: {
  code: LintCode
  severity: Severity
  flag: string
  values?: Record<string, string | number>
  add?: string[]
}): Finding {
  const { code, severity, flag, values = {}, add } = options
  const fix = add === undefined ? undefined : ({ kind: 'add', words: add } as const)
  return { code, severity, flag, values, fix, target: undefined }
}

function lintStart(context: LintContext): Finding[] {
  const { command, args } = context
  const findings: Finding[] = []
  if (args.model === undefined && findFlag(context, 'config') === undefined) {
    findings.push(about({ code: 'model-missing', severity: 'error', flag: 'vllm serve' }))
  }
  if (command.kind === 'module') {
    const flag = command.prefix.at(-1) ?? ''
    findings.push({
      ...about({ code: 'module-entrypoint', severity: 'note', flag }),
      fix: { kind: 'serve' },
    })
  }
  const named = findFlag(context, 'model')
  if (command.kind === 'serve' && named?.value !== undefined) {
    findings.push(
      toFinding({
        code: 'model-flag',
        severity: 'note',
        target: named,
        values: { model: named.value },
      }),
    )
  }
  const port = findFlag(context, 'port')
  if (port !== undefined && Number(port.value) > 0 && Number(port.value) < 1024) {
    findings.push(
      toFinding({
        code: 'port-low',
        severity: 'error',
        target: port,
        values: { port: port.value ?? '' },
      }),
    )
  }
  return findings
}

function lintLosses(context: LintContext): Finding[] {
  const findings: Finding[] = []
  const eager = findFlag(context, 'enforce-eager')
  if (eager !== undefined && !eager.isNegated) {
    const fix = { kind: 'remove' } as const
    findings.push(toFinding({ code: 'eager', severity: 'warning', target: eager, fix }))
  }
  const caching = findFlag(context, 'enable-prefix-caching')
  if (caching?.isNegated) {
    const fix = { kind: 'remove' } as const
    findings.push(
      toFinding({ code: 'prefix-caching-off', severity: 'warning', target: caching, fix }),
    )
  }
  const stats = findFlag(context, 'disable-log-stats')
  if (stats !== undefined) {
    const fix = { kind: 'remove' } as const
    findings.push(toFinding({ code: 'stats-off', severity: 'warning', target: stats, fix }))
    const metrics = findFlag(context, 'enable-per-request-metrics')
    if (metrics !== undefined && !metrics.isNegated) {
      findings.push(
        toFinding({ code: 'metrics-without-stats', severity: 'error', target: metrics }),
      )
    }
  }
  return findings
}

function lintPairs(context: LintContext): Finding[] {
  const findings: Finding[] = []
  const tools = findFlag(context, 'enable-auto-tool-choice')
  const parser = findFlag(context, 'tool-call-parser')
  if (tools !== undefined && !tools.isNegated && parser === undefined) {
    findings.push(
      toFinding({
        code: 'parser-missing',
        severity: 'error',
        target: tools,
        fix: { kind: 'add', words: ['--tool-call-parser', 'hermes'] },
      }),
    )
  }
  const outputs = findFlag(context, 'enable-log-outputs')
  if (outputs !== undefined && findFlag(context, 'enable-log-requests') === undefined) {
    findings.push(
      toFinding({ code: 'outputs-without-requests', severity: 'error', target: outputs }),
    )
  }
  return findings
}

/** Without them this app has to say "not reported". */
function lintReporting(context: LintContext): Finding[] {
  const findings: Finding[] = []
  const details = '--enable-prompt-tokens-details'
  if (findFlag(context, details.slice(2)) === undefined) {
    findings.push(
      about({ code: 'prompt-details-missing', severity: 'note', flag: details, add: [details] }),
    )
  }
  const metrics = '--enable-per-request-metrics'
  const isKnown = context.version.minor >= 25
  const hasStats = findFlag(context, 'disable-log-stats') === undefined
  if (isKnown && hasStats && findFlag(context, metrics.slice(2)) === undefined) {
    findings.push(
      about({ code: 'request-metrics-missing', severity: 'note', flag: metrics, add: [metrics] }),
    )
  }
  return findings
}
