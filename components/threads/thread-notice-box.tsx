'use client'

import { XIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadListStore, ThreadNotice } from '@/lib/client/thread-list-store'

/** As long as a deletion can be taken back; the server gives it a little more. */
const SHOWN_MS = 25_000

/** What was done, with the way back, or what another tab has done. */
export function ThreadNoticeBox({ store }: { store: ThreadListStore }) {
  const t = useTranslations('threads.notice')
  const notice = useStore(store, (state) => state.notice)
  const words = useWords()
  const { undo, dismissNotice } = store.actions
  useEffect(() => {
    if (notice === undefined) return
    const timer = setTimeout(dismissNotice, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [notice, dismissNotice])
  return (
    <div
      role="status"
      className="fixed inset-x-3 bottom-16 z-30 empty:hidden sm:right-auto sm:w-80 print:hidden"
    >
      {notice === undefined ? null : (
        <div className="flex items-center gap-2 rounded-xl border border-border bg-popover py-1.5 pr-1.5 pl-3.5 text-sm shadow-lg">
          <p className="min-w-0 flex-1 py-1 [overflow-wrap:anywhere]">{words(notice)}</p>
          {'thread' in notice ? (
            <Button size="small" onClick={() => void undo()}>
              {t('undo')}
            </Button>
          ) : null}
          <Button
            variant="ghost"
            size="smallIcon"
            aria-label={t('dismiss')}
            title={t('dismiss')}
            onClick={dismissNotice}
          >
            <XIcon aria-hidden="true" className="size-4" />
          </Button>
        </div>
      )}
    </div>
  )
}

function useWords(): (notice: ThreadNotice) => string {
  const t = useTranslations('threads.notice')
  const tError = useTranslations('threads')
  return (notice) => {
    if (notice.kind === 'failed') return tError('changeFailed')
    const title = 'thread' in notice ? notice.thread.title : notice.title
    return t(`kinds.${notice.kind}`, { title })
  }
}
