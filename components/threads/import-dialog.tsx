'use client'

import { FileUp } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type DragEvent, useState } from 'react'
import { Dialog, DialogBody } from '@/components/ui/dialog'
import { createImporter, type Imported } from '@/lib/client/import-file'
import { isAppError, type PublicError, toPublicError } from '@/lib/domain/error'
import { cn } from '@/lib/utils'
import { FaultLines } from './fault-lines'

type Outcome = { imported: Imported } | { error: PublicError } | 'busy' | undefined

/** Chats from a file: ours, ChatGPT's or Open WebUI's. */
export function ImportDialog({
  onClose,
  importFile = createImporter(),
}: {
  onClose: () => void
  importFile?: (file: Blob) => Promise<Imported>
}) {
  const t = useTranslations('threads.load')
  const [outcome, setOutcome] = useState<Outcome>()
  const take = async (file: File | undefined) => {
    if (file === undefined || outcome === 'busy') return
    setOutcome('busy')
    try {
      setOutcome({ imported: await importFile(file) })
    } catch (cause) {
      if (!isAppError(cause)) throw cause
      setOutcome({ error: toPublicError(cause) })
    }
  }
  return (
    <Dialog title={t('title')} closeLabel={t('close')} onClose={onClose}>
      <DialogBody label={t('title')}>
        <p className="text-sm leading-6 text-muted-foreground">{t('text')}</p>
        <FileField isBusy={outcome === 'busy'} onFile={(file) => void take(file)} />
        <div role="status" className="text-sm empty:hidden">
          {outcome === 'busy' ? t('busy') : null}
          {typeof outcome === 'object' && 'imported' in outcome
            ? t('done', {
                chats: outcome.imported.threadCount,
                messages: outcome.imported.messageCount,
              })
            : null}
        </div>
        {typeof outcome === 'object' && 'error' in outcome ? (
          <FaultLines error={outcome.error} />
        ) : null}
      </DialogBody>
    </Dialog>
  )
}

function FileField({
  isBusy,
  onFile,
}: {
  isBusy: boolean
  onFile: (file: File | undefined) => void
}) {
  const t = useTranslations('threads.load')
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    onFile(event.dataTransfer.files[0])
  }
  return (
    <label
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cn(
        'my-4 flex flex-col items-center gap-2 rounded-xl border border-dashed px-4 py-8 text-center text-sm has-focus-visible:outline-2 has-focus-visible:outline-ring',
        isOver ? 'border-accent bg-accent-soft' : 'border-border-strong hover:bg-muted',
      )}
    >
      <FileUp aria-hidden="true" className="size-6 text-muted-foreground" />
      {t('choose')}
      <input
        type="file"
        accept=".json,.jsonl,application/json"
        disabled={isBusy}
        className="sr-only"
        onChange={({ target }) => {
          onFile(target.files?.[0])
          // The same file, mended, can be chosen once more.
          target.value = ''
        }}
      />
    </label>
  )
}
