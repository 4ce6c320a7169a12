'use client'

import { useLocale, useTranslations } from 'next-intl'
import { useId, useState } from 'react'
import { Button, buttonClasses } from '@/components/ui/button'
import { TextArea } from '@/components/ui/field'
import type { BatchReading } from '@/lib/domain/batch'
import { formatCount } from '@/lib/timing/format-count'
import { cn } from '@/lib/utils'
import { guessReading } from './guess-reading'
import { ReadingFields } from './reading-fields'

const HEAD_BYTES = 64 * 1024

/** Questions to paste or a file to choose; both go to the server as they are. */
export function InputForm({
  isBusy,
  onUpload,
}: {
  isBusy: boolean
  onUpload: (input: { name: string; input: Blob; reading: BatchReading }) => void
}) {
  const t = useTranslations('batch.input')
  const locale = useLocale()
  const fileId = useId()
  const [text, setText] = useState('')
  const [file, setFile] = useState<File>()
  const [reading, setReading] = useState<BatchReading>({ format: 'lines' })

  async function choose(chosen: File | undefined) {
    setFile(chosen)
    if (chosen === undefined) return
    const head = await chosen.slice(0, HEAD_BYTES).text()
    setReading(guessReading({ name: chosen.name, head }))
  }

  return (
    <form
      aria-label={t('heading')}
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault()
        onUpload({ name: file?.name ?? t('pastedName'), input: file ?? new Blob([text]), reading })
      }}
    >
      <h2 className="text-[0.8125rem] font-medium">{t('heading')}</h2>
      <TextArea
        label={t('paste')}
        rows={8}
        value={text}
        disabled={file !== undefined}
        onType={(typed) => {
          if (text === '') setReading(guessReading({ name: '', head: typed }))
          setText(typed)
        }}
      />
      <div className="relative">
        {/* The browser's own words for it are in the browser's language, not in the page's. */}
        <input
          id={fileId}
          type="file"
          accept=".txt,.csv,.tsv,.jsonl,.ndjson"
          onChange={({ currentTarget }) => void choose(currentTarget.files?.[0])}
          className="peer sr-only"
        />
        <label
          htmlFor={fileId}
          className={cn(
            buttonClasses({ size: 'small' }),
            'peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-ring',
          )}
        >
          {t('file')}
        </label>
        {file === undefined ? null : (
          <p className="mt-1 text-xs leading-4 break-all text-muted-foreground tabular-nums">
            {t('chosen', {
              name: file.name,
              size: `${formatCount({ count: file.size, locale })} B`,
            })}
          </p>
        )}
      </div>
      <ReadingFields reading={reading} columns={undefined} onChange={setReading} />
      <Button
        type="submit"
        variant="primary"
        disabled={isBusy || (file === undefined && text.trim() === '')}
      >
        {isBusy ? t('uploading') : t('upload')}
      </Button>
    </form>
  )
}
