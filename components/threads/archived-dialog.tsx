'use client'

import { ArchiveRestore, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useThreadFeed } from '@/components/providers/thread-feed-provider'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody } from '@/components/ui/dialog'
import { LocalTime } from '@/components/ui/local-time'
import { createThreadListStore, type ThreadListStore } from '@/lib/client/thread-list-store'
import { createThreadsApi } from '@/lib/client/threads-api'
import { ThreadNoticeBox } from './thread-notice-box'

/** The chats that were put away: to read, to take back, to delete. */
export function ArchivedDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations('threads.archive')
  const [store] = useState(() =>
    createThreadListStore({ api: createThreadsApi(), isArchived: true }),
  )
  useEffect(() => void store.actions.load(), [store])
  useThreadFeed(store.actions.apply)
  return (
    <Dialog title={t('title')} closeLabel={t('close')} onClose={onClose}>
      <DialogBody label={t('title')}>
        <ArchivedList store={store} onClose={onClose} />
      </DialogBody>
      <ThreadNoticeBox store={store} />
    </Dialog>
  )
}

function ArchivedList({ store, onClose }: { store: ThreadListStore; onClose: () => void }) {
  const t = useTranslations()
  const { threads, phase, next, fault, isLoadingMore } = useStore(store)
  const { load, loadMore, setArchived, remove } = store.actions
  if (fault !== undefined) {
    return (
      <div role="alert" className="space-y-2 text-sm">
        <p>{t('threads.failed')}</p>
        <Button size="small" onClick={() => void load()}>
          {t('chat.retry')}
        </Button>
      </div>
    )
  }
  if (threads.length === 0) {
    return (
      <p className="text-sm text-muted-foreground">
        {phase === 'waiting' ? t('threads.archive.loading') : t('threads.archive.none')}
      </p>
    )
  }
  return (
    <ul className="divide-y divide-border">
      {threads.map(({ id, title, updatedAtMs }) => (
        <li key={id} className="flex items-center gap-1 py-1">
          <Link
            href={`/chat/${id}`}
            prefetch={false}
            onClick={onClose}
            className="min-w-0 flex-1 truncate rounded-lg px-1 py-1.5 text-sm"
          >
            {title}
          </Link>
          <span className="hidden text-xs text-muted-foreground tabular-nums sm:inline">
            <LocalTime atMs={updatedAtMs} />
          </span>
          <Button
            variant="ghost"
            size="icon"
            aria-label={t('threads.archive.restore', { title })}
            title={t('threads.archive.restore', { title })}
            onClick={() => void setArchived({ id, isArchived: false })}
          >
            <ArchiveRestore aria-hidden="true" className="size-4" />
          </Button>
          <Button
            variant="ghost"
            size="icon"
            aria-label={t('threads.archive.delete', { title })}
            title={t('threads.archive.delete', { title })}
            onClick={() => void remove(id)}
          >
            <Trash2 aria-hidden="true" className="size-4" />
          </Button>
        </li>
      ))}
      {next === undefined ? null : (
        <li className="flex justify-center pt-3">
          <Button size="small" disabled={isLoadingMore} onClick={() => void loadMore()}>
            {t('threads.find.more')}
          </Button>
        </li>
      )}
    </ul>
  )
}
