'use client'

import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody } from '@/components/ui/dialog'
import { createExporter, EXPORT_FORMATS, type ExportFormat } from '@/lib/client/export-api'
import { isAppError, type PublicError, toPublicError } from '@/lib/domain/error'
import { FaultLines } from './fault-lines'
import { saveFile } from './save-file'

/** One chat, or all of them, as a file. */
export function ExportDialog({
  thread,
  onClose,
}: {
  thread: { id: string; title: string } | undefined
  onClose: () => void
}) {
  const t = useTranslations('threads.save')
  const [busy, setBusy] = useState<ExportFormat>()
  const [error, setError] = useState<PublicError>()
  const save = async (format: ExportFormat) => {
    setBusy(format)
    setError(undefined)
    try {
      saveFile(await createExporter()({ threadId: thread?.id, format }))
    } catch (cause) {
      if (!isAppError(cause)) throw cause
      setError(toPublicError(cause))
    } finally {
      setBusy(undefined)
    }
  }
  const title = thread === undefined ? t('titleAll') : t('title', { title: thread.title })
  return (
    <Dialog title={title} closeLabel={t('close')} onClose={onClose}>
      <DialogBody label={title}>
        <ul className="divide-y divide-border">
          {EXPORT_FORMATS.map((format) => (
            <li key={format} className="flex items-center gap-3 py-2.5">
              <span className="min-w-0 flex-1">
                <span className="block text-sm font-medium">{t(`formats.${format}.name`)}</span>
                <span className="block text-[0.8125rem] text-muted-foreground">
                  {t(`formats.${format}.text`)}
                </span>
              </span>
              <Button
                size="small"
                disabled={busy !== undefined}
                aria-label={t('saveAs', { format: t(`formats.${format}.name`) })}
                onClick={() => void save(format)}
              >
                <Download aria-hidden="true" className="size-3.5" />
                {t('save')}
              </Button>
            </li>
          ))}
        </ul>
        {error === undefined ? null : <FaultLines error={error} />}
      </DialogBody>
    </Dialog>
  )
}
