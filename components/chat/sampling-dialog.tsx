'use client'

import { useTranslations } from 'next-intl'
import { type ComponentProps, type FormEvent, useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import type { PublicError } from '@/lib/domain/error'
import { cn } from '@/lib/utils'
import { ErrorNote } from './error-note'
import {
  parseSamplingForm,
  SAMPLING_NUMBERS,
  type SamplingField,
  toInputMode,
  toSamplingForm,
} from './sampling-form'

/** What a thread's next runs are sampled with: every field empty, that is the model's own, until it is set. */
export function SamplingDialog({ store, onClose }: { store: ThreadStore; onClose: () => void }) {
  const t = useTranslations('sampling')
  const [form, setForm] = useState(() => toSamplingForm(store.getState().sampling))
  const [isTried, setTried] = useState(false)
  const [isSaving, setSaving] = useState(false)
  const [error, setError] = useState<PublicError>()
  const { sampling, faults } = parseSamplingForm(form)
  const isEmpty = Object.values(form).every((text) => text === '')

  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setTried(true)
    const [firstFault] = faults
    if (firstFault !== undefined) {
      const field = event.currentTarget.elements.namedItem(firstFault)
      if (field instanceof HTMLElement) field.focus()
      return
    }
    setSaving(true)
    const refusal = await store.actions.setSampling(sampling)
    setSaving(false)
    setError(refusal)
    if (refusal === undefined) onClose()
  }
  const fieldProps = (name: SamplingField) => ({
    name,
    value: form[name],
    isFaulty: isTried && faults.includes(name),
    onChange: (text: string) => setForm({ ...form, [name]: text }),
  })
  return (
    <Dialog title={t('title')} closeLabel={t('close')} onClose={onClose}>
      <form onSubmit={save} noValidate className="flex min-h-0 flex-col">
        <div className="relative min-h-0 flex-1 space-y-4 overflow-y-auto overscroll-contain px-5 py-4">
          <p className="text-sm leading-6 text-muted-foreground">{t('text')}</p>
          {error === undefined ? null : <ErrorNote error={error} title={t('notSaved')} />}
          <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
            {SAMPLING_NUMBERS.map((name) => (
              <Field key={name} {...fieldProps(name)} inputMode={toInputMode(name)} />
            ))}
            <StopField {...fieldProps('stop')} />
          </div>
        </div>
        <div className="flex flex-wrap items-center justify-end gap-2 border-t border-border px-5 py-3">
          <Button
            variant="ghost"
            className="mr-auto -ml-3.5"
            disabled={isEmpty}
            onClick={() => setForm(toSamplingForm({}))}
          >
            {t('reset')}
          </Button>
          <Button type="submit" variant="primary" disabled={isSaving}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

type FieldProps = {
  name: SamplingField
  value: string
  isFaulty: boolean
  onChange: (text: string) => void
}

const BOX =
  'mt-1 w-full rounded-lg border bg-background px-3 text-sm tabular-nums placeholder:text-muted-foreground'

function Field({
  name,
  value,
  isFaulty,
  onChange,
  inputMode,
}: FieldProps & Pick<ComponentProps<'input'>, 'inputMode'>) {
  const t = useTranslations('sampling')
  const id = useId()
  return (
    <div>
      <FieldLabel id={id} name={name} />
      <input
        {...toFieldAttributes({ id, name, isFaulty })}
        type="text"
        inputMode={inputMode}
        autoComplete="off"
        value={value}
        placeholder={t('unset')}
        className={cn(BOX, 'h-9', isFaulty ? 'border-danger' : 'border-border-strong')}
        onChange={({ target }) => onChange(target.value)}
      />
      <Hint id={id} name={name} isFaulty={isFaulty} />
    </div>
  )
}

function StopField({ name, value, isFaulty, onChange }: FieldProps) {
  const t = useTranslations('sampling')
  const id = useId()
  return (
    <div>
      <FieldLabel id={id} name={name} />
      <textarea
        {...toFieldAttributes({ id, name, isFaulty })}
        rows={2}
        spellCheck={false}
        value={value}
        placeholder={t('unset')}
        className={cn(BOX, 'py-1.5', isFaulty ? 'border-danger' : 'border-border-strong')}
        onChange={({ target }) => onChange(target.value)}
      />
      <Hint id={id} name={name} isFaulty={isFaulty} />
    </div>
  )
}

function toFieldAttributes(options: { id: string; name: string; isFaulty: boolean }) {
  const { id, name, isFaulty } = options
  return { id, name, 'aria-invalid': isFaulty, 'aria-describedby': `${id}-hint` }
}

function FieldLabel({ id, name }: { id: string; name: SamplingField }) {
  const t = useTranslations('sampling')
  return (
    <label htmlFor={id} className="text-sm font-medium">
      {t(`fields.${name}.label`)}
    </label>
  )
}

function Hint({ id, name, isFaulty }: { id: string; name: SamplingField; isFaulty: boolean }) {
  const t = useTranslations('sampling')
  const hint = t(`fields.${name}.hint`)
  return (
    <p
      id={`${id}-hint`}
      className={cn('mt-1 text-xs leading-5', isFaulty ? 'text-danger' : 'text-muted-foreground')}
    >
      {isFaulty ? t('invalid', { hint }) : hint}
    </p>
  )
}
