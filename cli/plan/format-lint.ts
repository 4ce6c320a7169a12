import type { LintResult } from '@/lib/planner/lint-command'
import { SEVERITIES } from '@/lib/planner/lint-finding'
import { say } from './words'

export function toLintJson({ findings, kind, version, fixed }: LintResult): object {
  return {
    kind,
    vllmVersion: version.text,
    findings: findings.map(({ code, severity, flag, values }) => ({
      code,
      severity,
      ...(flag === '' ? {} : { flag }),
      text: say(`lint.codes.${code}.text`, values),
      fix: say(`lint.codes.${code}.fix`, values),
    })),
    fixed,
  }
}

/** The findings for a terminal, and the mended command. */
export function formatLint({ findings, version, fixed }: LintResult): string {
  const [errors = 0, warnings = 0, notes = 0] = SEVERITIES.map(
    (severity) => findings.filter((finding) => finding.severity === severity).length,
  )
  const count =
    findings.length === 0 ? say('lint.clean') : say('lint.count', { errors, warnings, notes })
  const lines = findings.flatMap(({ code, severity, flag, values }) => [
    '',
    `${say(`lint.severities.${severity}`)}${flag === '' ? '' : `  ${flag}`}`,
    `  ${say(`lint.codes.${code}.text`, values)}`,
    `  ${say(`lint.codes.${code}.fix`, values)}`,
  ])
  return [
    `${count} · ${say('lint.version', { version: version.text })}`,
    ...lines,
    ...(fixed === undefined ? [] : ['', `${say('lint.fixed')}:`, '', fixed]),
    '',
  ].join('\n')
}
