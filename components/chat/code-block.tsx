'use client'

import { useTranslations } from 'next-intl'
import { CopyButton } from './copy-button'

export function CodeBlock({ code, language }: { code: string; language: string | undefined }) {
  const t = useTranslations('chat')
  return (
    <figure className="overflow-hidden rounded-xl border border-border bg-muted">
      <figcaption className="flex h-10 items-center justify-between border-b border-border pr-1.5 pl-4 text-xs text-muted-foreground">
        {language ?? t('plainCode')}
        <CopyButton label={t('copyCode')} readText={() => code} />
      </figcaption>
      <pre className="overflow-x-auto px-4 py-3 font-mono text-[0.8125rem] leading-6 [tab-size:4]">
        <code>{code}</code>
      </pre>
    </figure>
  )
}
