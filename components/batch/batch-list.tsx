'use client'

import { Trash2Icon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { LocalTime } from '@/components/ui/local-time'
import type { BatchOverview } from '@/lib/domain/batch'
import { cn } from '@/lib/utils'

const IN_USE: readonly BatchOverview['state'][] = ['running', 'queued', 'comparing']

/** All batches of this server, the newest first. */
export function BatchList({
  batches,
  chosenId,
  onChoose,
  onRemove,
}: {
  batches: readonly BatchOverview[]
  chosenId: string | undefined
  onChoose: (id: string) => void
  onRemove: (id: string) => void
}) {
  const t = useTranslations('batch')
  return (
    <section aria-label={t('list.heading')} className="min-w-0 print:hidden">
      <h2 className="mb-2 text-[0.8125rem] font-medium">{t('list.heading')}</h2>
      {batches.length === 0 ? (
        <p className="text-xs leading-5 text-muted-foreground">{t('list.empty')}</p>
      ) : null}
      <ul className="space-y-1">
        {batches.map((batch) => (
          <li
            key={batch.id}
            data-batch={batch.id}
            className={cn(
              'flex items-center gap-1 rounded-lg',
              batch.id === chosenId && 'bg-accent-soft',
            )}
          >
            <button
              type="button"
              aria-current={batch.id === chosenId}
              onClick={() => onChoose(batch.id)}
              className="min-w-0 grow rounded-lg px-2.5 py-1.5 text-left text-xs leading-5 hover:bg-muted"
            >
              <span className="block truncate">{batch.name}</span>
              <span className="block text-muted-foreground tabular-nums">
                {t(`states.${batch.state}`)}
                {batch.rows === undefined
                  ? ''
                  : ` · ${t('list.rows', { done: countDone(batch), rows: batch.rows })}`}
                {' · '}
                <LocalTime atMs={batch.createdAtMs} />
              </span>
            </button>
            <Button
              variant="ghost"
              size="icon"
              aria-label={t('list.remove', { name: batch.name })}
              title={t('list.removeNow')}
              disabled={IN_USE.includes(batch.state)}
              onClick={() => onRemove(batch.id)}
            >
              <Trash2Icon aria-hidden="true" className="size-4" />
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function countDone({ counts }: BatchOverview): number {
  if (counts === undefined) return 0
  return counts.complete + counts.interrupted + counts.failed
}
