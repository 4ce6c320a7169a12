'use client'

import { useTranslations } from 'next-intl'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { Button } from '@/components/ui/button'
import type { TimingRow } from '@/lib/domain/timing-row'
import {
  FILTER_STATUSES,
  type FilterChoices,
  listChoices,
  parseFilter,
  type RowFilter,
} from './filter-rows'

const FIELD =
  'h-8 min-w-0 rounded-lg border border-border bg-background px-2 text-xs text-foreground hover:border-border-strong'

/** Narrows the rows; an empty choice is every one. */
export function FilterBar({
  rows,
  filter,
  onChange,
  children,
}: {
  /** All of them, unfiltered: what there is to choose from. */
  rows: readonly TimingRow[]
  filter: RowFilter
  onChange: (filter: RowFilter) => void
  children?: ReactNode
}) {
  const t = useTranslations('debug.filter')
  const statuses = useTranslations('chat.statuses')
  const choices = useMemo(() => listChoices(rows), [rows])
  const set = (name: keyof RowFilter, value: string) => {
    const text = { ...toTexts(filter), [name]: value }
    onChange(parseFilter({ get: (key) => text[key] ?? null }))
  }
  const isFiltered = Object.keys(filter).length > 0
  return (
    <section
      className="grid grid-cols-2 items-end gap-x-3 gap-y-2 sm:flex sm:flex-wrap print:hidden"
      aria-label={t('label')}
    >
      <Choice
        label={t('thread')}
        any={t('anyThread')}
        value={filter.threadId ?? ''}
        options={toThreadOptions({ choices, threadId: filter.threadId })}
        onChoose={(value) => set('threadId', value)}
      />
      <Choice
        label={t('model')}
        any={t('anyModel')}
        value={filter.model ?? ''}
        options={withCurrent(choices.models, filter.model).map((model) => [model, model])}
        onChoose={(value) => set('model', value)}
      />
      <Choice
        label={t('status')}
        any={t('anyStatus')}
        value={filter.status ?? ''}
        options={FILTER_STATUSES.map((status) => [status, statuses(status)])}
        onChoose={(value) => set('status', value)}
      />
      <SlowerThan value={filter.slowerThanMs} onChange={(value) => set('slowerThanMs', value)} />
      {isFiltered ? (
        <Button size="small" variant="ghost" onClick={() => onChange({})}>
          {t('clear')}
        </Button>
      ) : null}
      {children}
    </section>
  )
}

function Choice({
  label,
  any,
  value,
  options,
  onChoose,
}: {
  label: string
  any: string
  value: string
  options: readonly (readonly [value: string, text: string])[]
  onChoose: (value: string) => void
}) {
  return (
    <label className="flex min-w-0 flex-col gap-0.5 text-xs text-muted-foreground">
      {label}
      <select
        value={value}
        onChange={({ target }) => onChoose(target.value)}
        className={`${FIELD} sm:max-w-52`}
      >
        <option value="">{any}</option>
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The text is kept as it is typed: `1.` is on its way to `1.5`. */
function SlowerThan({
  value,
  onChange,
}: {
  value: number | undefined
  onChange: (text: string) => void
}) {
  const t = useTranslations('debug.filter')
  const [text, setText] = useState(value?.toString() ?? '')
  useEffect(() => {
    setText((typed) => (toNumber(typed) === value ? typed : (value?.toString() ?? '')))
  }, [value])
  return (
    <label className="flex min-w-0 flex-col gap-0.5 text-xs text-muted-foreground">
      {t('slowerThan')}
      <input
        inputMode="decimal"
        value={text}
        placeholder="0"
        onChange={({ target }) => {
          setText(target.value)
          onChange(target.value)
        }}
        className={`${FIELD} tabular-nums sm:w-28`}
      />
    </label>
  )
}

function toNumber(text: string): number | undefined {
  return parseFilter({ get: (name) => (name === 'slowerThanMs' ? text : null) }).slowerThanMs
}

function toTexts(filter: RowFilter): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, String(value)]))
}

function withCurrent(names: string[], current: string | undefined): string[] {
  return current === undefined || names.includes(current) ? names : [...names, current]
}

function toThreadOptions({
  choices,
  threadId,
}: {
  choices: FilterChoices
  threadId: string | undefined
}): [string, string][] {
  const options = choices.threads.map(({ id, question }): [string, string] => [
    id,
    question === '' ? id : question.slice(0, 60),
  ])
  const isKnown = threadId === undefined || options.some(([id]) => id === threadId)
  return isKnown ? options : [...options, [threadId, threadId]]
}
