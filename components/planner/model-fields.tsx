'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useRichMessage } from '@/components/providers/use-rich-message'
import { SelectField, TextArea, TextField } from '@/components/ui/field'
import type { ServeOptions } from '@/lib/planner/choose-flags'
import { isProblem } from '@/lib/planner/input-problem'
import { DEFAULT_MODEL, KNOWN_MODELS } from '@/lib/planner/model-catalogue'
import { parseModelConfig } from '@/lib/planner/parse-model-config'
import { toConfigText } from '@/lib/planner/to-config-text'
import { type PlanFormState, usePlanForm } from './use-plan-form'

const OTHER = 'other'

/** A model of the catalogue, or the pasted `config.json` of another, of which the address keeps what counts. */
export function ModelFields({ options, ...state }: PlanFormState & { options: ServeOptions }) {
  const t = useTranslations('plan')
  const { select, problemOf } = usePlanForm(state)
  const { fields, set } = state
  const [isOpen, setIsOpen] = useState(false)
  const isOther = isOpen || fields.config !== undefined || problemOf('model') !== undefined
  const chosen = select('model', isOther ? OTHER : options.input.shape.id, DEFAULT_MODEL.id)
  return (
    <>
      <SelectField
        {...chosen}
        className="col-span-2"
        groups={[
          { choices: KNOWN_MODELS.map(({ id }) => ({ value: id, label: id })) },
          { choices: [{ value: OTHER, label: t('options.otherModel') }] },
        ]}
        onChoose={(value) => {
          setIsOpen(value === OTHER)
          if (value !== OTHER) set({ model: value === DEFAULT_MODEL.id ? '' : value, config: '' })
        }}
      />
      {isOther ? <OtherModel {...state} options={options} /> : null}
    </>
  )
}

function OtherModel({ fields, set, options }: PlanFormState & { options: ServeOptions }) {
  const t = useTranslations('plan')
  const rich = useRichMessage()
  const [text, setText] = useState(fields.config ?? '')
  const name = fields.model ?? ''
  const parsed = text === '' ? undefined : parseModelConfig({ text, name: name || 'model' })
  const problem =
    parsed !== undefined && isProblem(parsed)
      ? rich(`plan.inputs.${parsed.problem.code}`, parsed.problem.values)
      : undefined
  const type = (next: string) => {
    setText(next)
    const read = parseModelConfig({ text: next, name: name || 'model' })
    if (!isProblem(read)) set({ config: toConfigText(read.value), model: read.value.id })
  }
  const rename = (id: string) => {
    const { shape } = options.input
    const config = fields.config === undefined ? {} : { config: toConfigText({ ...shape, id }) }
    set({ model: id, ...config })
  }
  return (
    <>
      <TextArea
        className="col-span-2"
        label={rich('plan.fields.config')}
        rows={6}
        value={text}
        onType={type}
        {...(problem === undefined ? {} : { problem })}
      />
      <TextField
        className="col-span-2"
        label={t('fields.configName')}
        value={name}
        onType={rename}
      />
    </>
  )
}
