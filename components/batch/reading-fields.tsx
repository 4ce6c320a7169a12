'use client'

import { useTranslations } from 'next-intl'
import { SelectField, TextField } from '@/components/ui/field'
import { BATCH_FORMATS, type BatchReading } from '@/lib/domain/batch'

/** The format, and where in a record the question stands. */
export function ReadingFields({
  reading,
  columns,
  onChange,
}: {
  reading: BatchReading
  /** Of a table that was looked through. */
  columns: readonly string[] | undefined
  onChange: (reading: BatchReading) => void
}) {
  const t = useTranslations('batch.input')
  const { format, column, template } = reading
  const withText = (name: 'column' | 'template', text: string) => {
    const { [name]: _, ...rest } = reading
    onChange(text === '' ? rest : { ...rest, [name]: text })
  }
  const hasColumns = format === 'csv' || format === 'jsonl'
  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-2.5">
      <SelectField
        label={t('format')}
        value={format}
        className="col-span-2"
        groups={[
          { choices: BATCH_FORMATS.map((name) => ({ value: name, label: t(`formats.${name}`) })) },
        ]}
        onChoose={(value) => {
          const chosen = BATCH_FORMATS.find((name) => name === value)
          if (chosen !== undefined) onChange({ format: chosen })
        }}
      />
      {hasColumns && columns !== undefined ? (
        <SelectField
          label={t('column')}
          value={column ?? ''}
          className="col-span-2"
          disabled={template !== undefined}
          groups={[
            {
              choices: [
                { value: '', label: t('columnAuto') },
                ...columns.map((name) => ({ value: name, label: name })),
              ],
            },
          ]}
          onChoose={(value) => withText('column', value)}
        />
      ) : null}
      {hasColumns && columns === undefined ? (
        <TextField
          label={t('column')}
          value={column ?? ''}
          placeholder={t('columnAuto')}
          className="col-span-2"
          disabled={template !== undefined}
          onType={(text) => withText('column', text)}
        />
      ) : null}
      {hasColumns ? (
        <TextField
          label={t('template')}
          value={template ?? ''}
          placeholder={t('templateHint', { text: '{text}', language: '{language}' })}
          className="col-span-2"
          onType={(text) => withText('template', text)}
        />
      ) : null}
    </div>
  )
}
