'use client'

import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { useRichMessage } from '@/components/providers/use-rich-message'
import { TextArea } from '@/components/ui/field'
import { lintCommand } from '@/lib/planner/lint-command'
import { type Finding, SEVERITIES, type Severity } from '@/lib/planner/lint-finding'
import type { VllmVersion } from '@/lib/planner/vllm-version'
import { cn } from '@/lib/utils'
import { CodeBlock } from './code-block'

const TONES: Record<Severity, string> = {
  error: 'border-danger text-danger',
  warning: 'border-warning text-warning',
  note: 'border-border-strong text-muted-foreground',
}

/** A command that is already in use: what in it has aged, contradicts itself or is risky, and the mended line. */
export function LintBox({ version }: { version: VllmVersion }) {
  const t = useTranslations('plan.lint')
  const rich = useRichMessage()
  const [text, setText] = useState('')
  const result = useMemo(() => lintCommand({ text, version }), [text, version])
  const isEmpty = text.trim() === ''
  return (
    <section
      aria-labelledby="plan-lint"
      className={cn('mt-10 border-t border-border pt-6', isEmpty && 'print:hidden')}
    >
      <h2 id="plan-lint" className="font-semibold">
        {t('title')}
      </h2>
      <p className="mb-3 text-[0.8125rem] leading-6 text-muted-foreground">
        {rich('plan.lint.text')}
      </p>
      <div className="grid gap-x-10 gap-y-4 lg:grid-cols-2">
        <TextArea label={t('field')} rows={8} value={text} onType={setText} />
        <div className="min-w-0">
          <p className="mb-2 text-xs leading-5 text-muted-foreground tabular-nums" role="status">
            {isEmpty ? null : <Summary findings={result.findings} version={result.version.text} />}
          </p>
          {isEmpty ? null : (
            <ul className="space-y-3">
              {result.findings.map((finding, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the same flag can be found twice for the same reason
                <FindingItem key={`${finding.code}-${index}`} finding={finding} />
              ))}
            </ul>
          )}
        </div>
      </div>
      {isEmpty || result.fixed === undefined ? null : (
        <div className="mt-5">
          <h3 className="mb-1.5 text-[0.8125rem] font-medium">{t('fixed')}</h3>
          <CodeBlock label={t('fixed')} text={result.fixed} />
        </div>
      )}
    </section>
  )
}

function Summary({ findings, version }: { findings: readonly Finding[]; version: string }) {
  const t = useTranslations('plan.lint')
  const [errors, warnings, notes] = SEVERITIES.map(
    (severity) => findings.filter((finding) => finding.severity === severity).length,
  )
  return (
    <>
      {findings.length === 0
        ? t('clean')
        : t('count', { errors: errors ?? 0, warnings: warnings ?? 0, notes: notes ?? 0 })}
      {' · '}
      {t('version', { version })}
    </>
  )
}

function FindingItem({ finding }: { finding: Finding }) {
  const t = useTranslations('plan.lint')
  const rich = useRichMessage()
  const { code, severity, flag, values } = finding
  return (
    <li data-finding={code} data-severity={severity} className="text-[0.8125rem] leading-5">
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className={cn('rounded border px-1 text-[0.6875rem] leading-4', TONES[severity])}>
          {t(`severities.${severity}`)}
        </span>
        {flag === '' ? null : (
          <code className="font-mono text-xs [overflow-wrap:anywhere]">{flag}</code>
        )}
      </p>
      <p className="mt-0.5">{rich(`plan.lint.codes.${code}.text`, values)}</p>
      <p className="text-muted-foreground">{rich(`plan.lint.codes.${code}.fix`, values)}</p>
    </li>
  )
}
