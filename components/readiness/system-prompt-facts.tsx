'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useReadiness } from '@/components/providers/readiness-provider'

/** The fixed prompt against the engine's cache: which one it is, and whether it can be reused at all. */
export function SystemPromptFacts() {
  const t = useTranslations('debug')
  const facts = useReadiness(({ readiness }) => readiness.systemPrompt)
  const tokens = (count: number | undefined) =>
    count === undefined ? t('unknown') : t('tokens', { count })
  const pill = useTranslations('pill')
  const verdict = {
    true: pill('cacheable'),
    false: pill('notCacheable'),
    undefined: t('cacheUnknown'),
  }

  return (
    <section
      aria-labelledby="system-prompt-facts"
      className="rounded-xl border border-border px-4 py-3 text-xs leading-5"
    >
      <h2 id="system-prompt-facts" className="font-medium">
        {t('facts')}
      </h2>
      <dl className="mt-1.5 flex flex-wrap gap-x-8 gap-y-1.5 tabular-nums">
        <Fact name={t('promptTokens')}>{tokens(facts.tokens)}</Fact>
        <Fact name={t('blockSize')}>{tokens(facts.blockSizeTokens)}</Fact>
        <Fact name={t('sha256')}>
          <span className="font-mono text-[0.6875rem] break-all select-all">{facts.sha256}</span>
        </Fact>
      </dl>
      <p
        className={
          facts.isCacheable === false ? 'mt-1.5 text-warning' : 'mt-1.5 text-muted-foreground'
        }
      >
        {verdict[`${facts.isCacheable}`]}
      </p>
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted-foreground">{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
