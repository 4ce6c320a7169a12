'use client'

import { useTranslations } from 'next-intl'
import { useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { FieldGroup, SelectField, TextArea, TextField } from '@/components/ui/field'
import type { BatchAction, BatchScan } from '@/lib/domain/batch'
import {
  FIRST_PLAN_TEXTS,
  type PlanProblem,
  type PlanTexts,
  parsePlanTexts,
  SYSTEM_KINDS,
} from './parse-plan-texts'

/** How a batch is asked, and the two ways to begin. */
export function PlanForm({
  scan,
  isBusy,
  onAct,
}: {
  scan: BatchScan
  isBusy: boolean
  onAct: (action: BatchAction) => void
}) {
  const t = useTranslations('batch')
  const [texts, setTexts] = useState(FIRST_PLAN_TEXTS)
  const [isSkippingBad, setSkippingBad] = useState(false)
  const { plan, compareRows, problems } = parsePlanTexts(texts)
  const canAsk = !isBusy && scan.rows > 0 && problems.size === 0
  const set = (changes: Partial<PlanTexts>) => setTexts({ ...texts, ...changes })
  return (
    <form
      aria-label={t('plan.heading')}
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        onAct({ action: 'start', plan, isSkippingBad })
      }}
    >
      <PlanFields {...{ texts, problems, set }} />
      {scan.badRows === 0 ? null : (
        <Check label={t('scan.skip')} isOn={isSkippingBad} onChange={setSkippingBad} />
      )}
      <Button
        type="submit"
        variant="primary"
        disabled={!canAsk || (scan.badRows > 0 && !isSkippingBad)}
      >
        {t('plan.start')}
      </Button>
      <div className="border-t border-border pt-3">
        <p className="mb-2 text-xs leading-5 text-muted-foreground">{t('plan.compareText')}</p>
        <div className="flex items-end gap-2">
          <TextField
            label={t('plan.compareRows')}
            inputMode="numeric"
            value={texts.compareRows}
            problem={problems.has('compareRows') ? t('plan.compareRowsProblem') : undefined}
            onType={(compareText) => set({ compareRows: compareText })}
          />
          <Button
            size="small"
            disabled={!canAsk}
            onClick={() => onAct({ action: 'compare', plan, rows: compareRows })}
          >
            {t('plan.compare')}
          </Button>
        </div>
      </div>
    </form>
  )
}

function PlanFields({
  texts,
  problems,
  set,
}: {
  texts: PlanTexts
  problems: ReadonlySet<PlanProblem>
  set: (changes: Partial<PlanTexts>) => void
}) {
  const t = useTranslations('batch.plan')
  return (
    <FieldGroup legend={t('heading')}>
      <TextField
        label={t('concurrency')}
        inputMode="numeric"
        value={texts.concurrency}
        problem={problems.has('concurrency') ? t('concurrencyProblem') : undefined}
        onType={(concurrency) => set({ concurrency })}
      />
      <TextField
        label={t('spacing')}
        inputMode="numeric"
        value={texts.spacing}
        problem={problems.has('spacing') ? t('spacingProblem') : undefined}
        onType={(spacing) => set({ spacing })}
      />
      <TextField
        label={t('maxTokens')}
        inputMode="numeric"
        value={texts.maxTokens}
        problem={problems.has('maxTokens') ? t('maxTokensProblem') : undefined}
        onType={(maxTokens) => set({ maxTokens })}
      />
      <TextField
        label={t('temperature')}
        inputMode="decimal"
        value={texts.temperature}
        placeholder={t('temperatureDefault')}
        problem={problems.has('temperature') ? t('temperatureProblem') : undefined}
        onType={(temperature) => set({ temperature })}
      />
      <SelectField
        label={t('system')}
        value={texts.system}
        className="col-span-2"
        groups={[
          { choices: SYSTEM_KINDS.map((kind) => ({ value: kind, label: t(`systems.${kind}`) })) },
        ]}
        onChoose={(value) =>
          set({ system: SYSTEM_KINDS.find((kind) => kind === value) ?? 'fixed' })
        }
      />
      {texts.system === 'own' ? (
        <TextArea
          label={t('ownPrompt')}
          rows={4}
          value={texts.ownPrompt}
          className="col-span-2"
          onType={(ownPrompt) => set({ ownPrompt })}
        />
      ) : null}
      <div className="col-span-2">
        <Check
          label={t('adaptive')}
          isOn={texts.isAdaptive}
          onChange={(isAdaptive) => set({ isAdaptive })}
        />
      </div>
    </FieldGroup>
  )
}

function Check({
  label,
  isOn,
  onChange,
}: {
  label: string
  isOn: boolean
  onChange: (isOn: boolean) => void
}) {
  const id = useId()
  return (
    <div className="flex items-start gap-2 text-xs leading-5">
      <input
        id={id}
        type="checkbox"
        checked={isOn}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <label htmlFor={id}>{label}</label>
    </div>
  )
}
