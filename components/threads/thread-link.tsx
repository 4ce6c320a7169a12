'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { cn } from '@/lib/utils'

/** A thread in the list; the one on show is marked. */
export function ThreadLink({
  id,
  title,
  isRunning,
}: {
  id: string
  title: string
  isRunning: boolean
}) {
  const t = useTranslations('threads')
  const isShown = usePathname() === `/chat/${id}`
  return (
    <Link
      href={`/chat/${id}`}
      // Fifty pages are not fetched for the one that is wanted.
      prefetch={false}
      aria-current={isShown ? 'page' : undefined}
      title={title}
      className={cn(
        'flex h-9 items-center gap-2 rounded-lg px-2.5 text-sm hover:bg-border/50',
        isShown && 'bg-border/60 font-medium',
      )}
    >
      <span className="min-w-0 flex-1 truncate">{title}</span>
      {isRunning ? (
        <span className="size-2 shrink-0 rounded-full bg-accent motion-safe:animate-pulse">
          <span className="sr-only">{t('running')}</span>
        </span>
      ) : null}
    </Link>
  )
}
