'use client'

import { useTranslations } from 'next-intl'
import { LocalTime } from '@/components/ui/local-time'
import type { SearchHit } from '@/lib/domain/search-page'
import { cn } from '@/lib/utils'

/** A place where the words were found. */
export function HitRow({
  id,
  hit,
  isChosen,
  onChoose,
}: {
  id: string
  hit: SearchHit
  isChosen: boolean
  onChoose: () => void
}) {
  const t = useTranslations('threads.find')
  const { threadTitle, role, createdAtMs, snippet } = hit
  return (
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      onClick={onChoose}
      onKeyDown={({ key }) => key === 'Enter' && onChoose()}
      className={cn(
        'cursor-pointer rounded-lg px-3 py-2 text-sm hover:bg-muted',
        isChosen && 'bg-muted',
      )}
    >
      <p className="flex items-baseline gap-3">
        <span className="min-w-0 flex-1 truncate font-medium">{threadTitle}</span>
        <span className="text-xs text-muted-foreground tabular-nums">
          <LocalTime atMs={createdAtMs} />
        </span>
      </p>
      <p className="mt-0.5 line-clamp-2 text-muted-foreground [overflow-wrap:anywhere]">
        {role === undefined ? null : <span className="font-medium">{t(`roles.${role}`)} · </span>}
        {snippet.map(({ text, isHit }, at) =>
          isHit ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text, which never move
            <mark key={at} className="rounded-sm bg-accent-soft px-0.5 text-foreground">
              {text}
            </mark>
          ) : (
            text
          ),
        )}
      </p>
    </div>
  )
}
