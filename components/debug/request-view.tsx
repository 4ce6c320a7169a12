'use client'

import { useTranslations } from 'next-intl'
import type { ReplyTrace } from '@/lib/domain/reply-trace'
import { FactList } from './fact-list'
import { toRequestParts } from './to-request-parts'

/** The request as it was sent, less its secrets, and the answer as it came. */
export function RequestView({ trace: { request, answer, leftOutTurns } }: { trace: ReplyTrace }) {
  const t = useTranslations('trace.request')
  const { messages, parameters } = toRequestParts(request.body)
  return (
    <>
      <FactList
        facts={[
          [t('url'), <Mono key="url">{request.url}</Mono>],
          [
            t('leftOut'),
            leftOutTurns === undefined ? undefined : t('leftOutTurns', { count: leftOutTurns }),
          ],
        ]}
      />
      <FactList
        facts={parameters.map(([name, value]) => [name, <Mono key={name}>{value}</Mono>])}
      />
      <Fold summary={t('headers', { count: Object.keys(request.headers).length })}>
        <FactList
          facts={Object.entries(request.headers).map(([name, value]) => [
            name,
            <Mono key={name}>{value}</Mono>,
          ])}
        />
        <p className="mt-1.5 text-xs text-muted-foreground">{t('secrets')}</p>
      </Fold>
      <Fold summary={t('messages', { count: messages.length })}>
        <ol className="mt-2 space-y-2">
          {messages.map(({ role, text }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: messages have no id on the wire, and their order is their identity
            <li key={index}>
              <Message name={role} text={text} />
            </li>
          ))}
        </ol>
      </Fold>
      <Fold summary={t('answer')}>
        <div className="mt-2 space-y-2">
          {answer.reasoning === '' ? null : (
            <Message name={t('reasoning')} text={answer.reasoning} />
          )}
          <Message name={t('text')} text={answer.text === '' ? t('noText') : answer.text} />
        </div>
      </Fold>
    </>
  )
}

function Fold({ summary, children }: { summary: string; children: React.ReactNode }) {
  return (
    <details className="mt-2 text-xs">
      <summary className="w-fit leading-6 hover:text-foreground">{summary}</summary>
      {children}
    </details>
  )
}

function Message({ name, text }: { name: string; text: string }) {
  return (
    <>
      <p className="text-[0.6875rem] leading-5 text-muted-foreground">{name}</p>
      <pre className="rounded-lg bg-muted px-3 py-2 font-mono text-[0.6875rem] leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {text}
      </pre>
    </>
  )
}

function Mono({ children }: { children: string }) {
  return <span className="font-mono text-[0.6875rem] [overflow-wrap:anywhere]">{children}</span>
}
