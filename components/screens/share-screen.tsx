import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { AnswerText } from '@/components/chat/answer-text'
import { buttonClasses } from '@/components/ui/button'
import { LocalTime } from '@/components/ui/local-time'
import { Mark } from '@/components/ui/mark'
import type { SharedMessage, SharedThread } from '@/lib/domain/share'

/** A chat as it was when it was shared: to read, and nothing else. */
export function ShareScreen({ title, sharedAtMs, messages }: SharedThread) {
  const t = useTranslations('share')
  const name = useTranslations('app')('name')
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-column flex-col px-4 sm:px-6">
      <header className="flex h-header items-center gap-2 text-[0.9375rem] font-semibold tracking-tight print:hidden">
        <Mark className="size-6 text-accent" />
        {name}
      </header>
      <main className="flex-1 pt-6 pb-10">
        <h1 className="text-xl font-semibold tracking-tight [overflow-wrap:anywhere]">{title}</h1>
        <p className="mt-1 text-sm text-muted-foreground">
          {t('sharedAt')} <LocalTime atMs={sharedAtMs} />
        </p>
        <div className="mt-8 space-y-6">
          {messages.map((message) => (
            <Shared key={message.id} message={message} />
          ))}
        </div>
      </main>
      <footer className="flex flex-wrap items-center justify-between gap-3 border-t border-border py-4 text-sm text-muted-foreground print:hidden">
        {t('note')}
        <Link href="/" className={buttonClasses({ size: 'small' })}>
          {t('own')}
        </Link>
      </footer>
    </div>
  )
}

function Shared({ message: { id, role, text, reasoning, model } }: { message: SharedMessage }) {
  const t = useTranslations('share')
  if (role === 'user') {
    return (
      <article aria-label={t('question')} className="flex justify-end pl-10 sm:pl-24">
        <p className="rounded-3xl bg-bubble px-5 py-2.5 leading-7 whitespace-pre-wrap [overflow-wrap:anywhere]">
          {text}
        </p>
      </article>
    )
  }
  return (
    <article aria-label={t('answer')} className="space-y-4">
      {reasoning === undefined ? null : (
        <details className="text-sm text-muted-foreground">
          <summary className="w-fit rounded select-none">{t('reasoning')}</summary>
          <p className="mt-2 border-l-2 border-border pl-4 leading-6 whitespace-pre-wrap [overflow-wrap:anywhere]">
            {reasoning}
          </p>
        </details>
      )}
      <AnswerText text={text} idPrefix={id} />
      {model === undefined ? null : <p className="text-xs text-muted-foreground">{model}</p>}
    </article>
  )
}
