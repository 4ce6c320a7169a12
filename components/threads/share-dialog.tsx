'use client'

import { Link2, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useCallback, useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { CopyTextButton } from '@/components/ui/copy-text-button'
import { Dialog, DialogBody } from '@/components/ui/dialog'
import { LocalTime } from '@/components/ui/local-time'
import { copyText } from '@/lib/client/copy-text'
import { createSharesApi, type SharesApi } from '@/lib/client/shares-api'
import { isAppError, type PublicError, toPublicError } from '@/lib/domain/error'
import type { Share } from '@/lib/domain/share'
import { FaultLines } from './fault-lines'

const api = createSharesApi()

/** Links to a chat as it is now: made, copied, revoked. */
export function ShareDialog({
  thread,
  onClose,
  shares: given = api,
}: {
  thread: { id: string; title: string }
  onClose: () => void
  shares?: SharesApi
}) {
  const t = useTranslations('threads.links')
  const { shares, error, isBusy, create, revoke } = useShares({ threadId: thread.id, api: given })
  const title = t('title', { title: thread.title })
  return (
    <Dialog title={title} closeLabel={t('close')} onClose={onClose}>
      <DialogBody label={title}>
        <p className="text-sm leading-6 text-muted-foreground">{t('text')}</p>
        <Button variant="primary" className="my-4" disabled={isBusy} onClick={create}>
          <Link2 aria-hidden="true" className="size-4" />
          {t('create')}
        </Button>
        <ul className="divide-y divide-border">
          {shares.map((share) => (
            <ShareRow
              key={share.shareId}
              share={share}
              isBusy={isBusy}
              onRevoke={() => revoke(share.shareId)}
            />
          ))}
        </ul>
        {error === undefined ? null : <FaultLines error={error} />}
      </DialogBody>
    </Dialog>
  )
}

function ShareRow({
  share: { url, createdAtMs },
  isBusy,
  onRevoke,
}: {
  share: Share
  isBusy: boolean
  onRevoke: () => void
}) {
  const t = useTranslations('threads.links')
  const tChat = useTranslations('chat')
  const address = new URL(url, window.location.origin).href
  return (
    <li className="flex flex-wrap items-center gap-2 py-2">
      <a
        href={url}
        target="_blank"
        rel="noreferrer"
        className="min-w-0 flex-1 basis-56 truncate text-sm underline underline-offset-4"
      >
        {address}
      </a>
      <span className="text-xs text-muted-foreground tabular-nums">
        <LocalTime atMs={createdAtMs} />
      </span>
      <CopyTextButton
        label={t('copy')}
        words={{ copied: tChat('copied'), failed: tChat('copyFailed') }}
        onCopy={() => copyText(address)}
      />
      <Button
        variant="ghost"
        size="smallIcon"
        aria-label={t('revoke')}
        title={t('revoke')}
        disabled={isBusy}
        onClick={onRevoke}
      >
        <Trash2 aria-hidden="true" className="size-4" />
      </Button>
    </li>
  )
}

function useShares({ threadId, api: from }: { threadId: string; api: SharesApi }) {
  const [shares, setShares] = useState<Share[]>([])
  const [error, setError] = useState<PublicError>()
  const [isBusy, setBusy] = useState(false)
  const run = useCallback(
    async (work: () => Promise<unknown>) => {
      setBusy(true)
      setError(undefined)
      try {
        await work()
        setShares(await from.listShares(threadId))
      } catch (cause) {
        if (!isAppError(cause)) throw cause
        setError(toPublicError(cause))
      } finally {
        setBusy(false)
      }
    },
    [from, threadId],
  )
  useEffect(() => void run(async () => undefined), [run])
  return {
    ...{ shares, error, isBusy },
    create: () => void run(() => from.createShare({ threadId })),
    revoke: (shareId: string) => void run(() => from.revokeShare({ threadId, shareId })),
  }
}
