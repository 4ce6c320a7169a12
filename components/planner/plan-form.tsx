'use client'

import { useTranslations } from 'next-intl'
import { useRichMessage } from '@/components/providers/use-rich-message'
import { FieldGroup, SelectField, TextField } from '@/components/ui/field'
import type { ServeOptions } from '@/lib/planner/choose-flags'
import { DEFAULT_GPU, GPUS, type Gpu } from '@/lib/planner/gpu-catalogue'
import { toBatchDefaults, toSafeUtilization } from '@/lib/planner/measured-memory'
import { WEIGHT_FORMATS } from '@/lib/planner/model-shape'
import {
  DEFAULT_GROUP_SIZE,
  DEFAULT_MAX_MODEL_LEN,
  DEFAULT_WORKLOAD,
  GPU_COUNTS,
  GROUP_SIZES,
} from '@/lib/planner/plan-input'
import { NEWEST_MINOR, OLDEST_MINOR } from '@/lib/planner/vllm-version'
import { ModelFields } from './model-fields'
import { type PlanFormState, usePlanForm } from './use-plan-form'

type PlanFormProps = PlanFormState & { options: ServeOptions }

const OTHER = 'other'
const SEGMENTS = ['consumer', 'workstation', 'data-center'] as const

export function PlanForm(props: PlanFormProps) {
  const t = useTranslations('plan')
  return (
    <form
      aria-label={t('form')}
      className="space-y-6 self-start print:break-inside-avoid"
      onSubmit={(event) => event.preventDefault()}
    >
      <FieldGroup legend={t('groups.model')}>
        <ModelFields {...props} />
        <WeightFields {...props} />
      </FieldGroup>
      <FieldGroup legend={t('groups.card')}>
        <CardFields {...props} />
      </FieldGroup>
      <FieldGroup legend={t('groups.limits')}>
        <LimitFields {...props} />
      </FieldGroup>
      <FieldGroup legend={t('groups.workload')}>
        <WorkloadFields {...props} />
      </FieldGroup>
      <FieldGroup legend={t('groups.output')}>
        <OutputFields {...props} />
      </FieldGroup>
    </form>
  )
}

function WeightFields({ options, ...state }: PlanFormProps) {
  const t = useTranslations('plan')
  const { select } = usePlanForm(state)
  const { weights, groupSize, shape } = options.input
  const standard = WEIGHT_FORMATS.find((format) => format === shape.stored?.method) ?? 'bf16'
  const isGrouped = weights === 'awq' || weights === 'gptq'
  const sizes = [...new Set<number>([...GROUP_SIZES, groupSize])].sort((a, b) => a - b)
  const standardSize = shape.stored?.groupSize ?? DEFAULT_GROUP_SIZE
  return (
    <>
      <SelectField
        {...select('weights', weights, standard)}
        groups={[
          { choices: WEIGHT_FORMATS.map((value) => ({ value, label: t(`options.${value}`) })) },
        ]}
        {...(isGrouped ? {} : { className: 'col-span-2' })}
      />
      {isGrouped ? (
        <SelectField
          {...select('group-size', String(groupSize), String(standardSize))}
          groups={[{ choices: sizes.map(toNumberChoice) }]}
        />
      ) : null}
    </>
  )
}

function toNumberChoice(value: number) {
  return { value: String(value), label: String(value) }
}

function CardFields({ options, ...state }: PlanFormProps) {
  const t = useTranslations('plan')
  const { select, text, problemOf } = usePlanForm(state)
  const { gpu, gpuCount } = options.input
  const isOther = gpu.segment === 'given' || problemOf('gpu') !== undefined
  const counts = [...new Set<number>([...GPU_COUNTS, gpuCount])].sort((a, b) => a - b)
  const chosen = select('gpu', isOther ? OTHER : gpu.name, DEFAULT_GPU.name)
  const { problem: _, ...unproblematic } = chosen
  return (
    <>
      <SelectField
        {...(isOther ? unproblematic : chosen)}
        className="col-span-2"
        onChoose={(value) => chosen.onChoose(value === OTHER ? String(gpu.memoryGib) : value)}
        groups={[
          ...SEGMENTS.map((segment) => ({
            label: t(`segments.${segment}`),
            choices: GPUS.filter((each) => each.segment === segment).map(({ name }) => ({
              value: name,
              label: name,
            })),
          })),
          { choices: [{ value: OTHER, label: t('options.otherGpu') }] },
        ]}
      />
      {isOther ? (
        <TextField
          {...text('gpu', gpu.memoryGib)}
          label={t('fields.gpuOther')}
          inputMode="decimal"
        />
      ) : null}
      <SelectField
        {...select('gpus', String(gpuCount), '1')}
        groups={[{ choices: counts.map(toNumberChoice) }]}
      />
      <GpuFacts gpu={gpu} />
    </>
  )
}

function GpuFacts({ gpu }: { gpu: Gpu }) {
  const t = useTranslations('plan')
  const rich = useRichMessage()
  const { memoryGib, memorySource, generation, computeCapability, bandwidthGbPerSecond } = gpu
  const facts = {
    memoryGib,
    ...(generation === '' ? {} : { generation }),
    ...(computeCapability === undefined ? {} : { capability: computeCapability.toFixed(1) }),
    ...(bandwidthGbPerSecond === undefined ? {} : { bandwidth: String(bandwidthGbPerSecond) }),
  }
  return (
    <p className="col-span-2 text-xs leading-4 text-muted-foreground">
      {rich('plan.gpuFacts', facts)} {t(`gpuSources.${memorySource}`)}
    </p>
  )
}

function LimitFields({ options, ...state }: PlanFormProps) {
  const t = useTranslations('plan')
  const { select, text } = usePlanForm(state)
  const { gpu, shape, maxNumSeqs, kvCacheDtype } = options.input
  const batch = toBatchDefaults(gpu)
  const length = Math.min(DEFAULT_MAX_MODEL_LEN, shape.maxContextTokens)
  return (
    <>
      <TextField {...text('max-model-len', length)} />
      <TextField
        {...text('gpu-memory-utilization', toSafeUtilization({ gpu, maxNumSeqs }))}
        inputMode="decimal"
      />
      <SelectField
        {...select('kv-cache-dtype', kvCacheDtype, 'auto')}
        className="col-span-2"
        groups={[
          {
            choices: [
              { value: 'auto', label: t('options.kvAuto') },
              { value: 'fp8', label: t('options.kvFp8') },
            ],
          },
        ]}
      />
      <TextField {...text('max-num-seqs', batch.maxNumSeqs)} />
      <TextField {...text('max-num-batched-tokens', batch.maxNumBatchedTokens)} />
    </>
  )
}

function WorkloadFields({ options: _, ...state }: PlanFormProps) {
  const { text } = usePlanForm(state)
  const { users, turns, promptTokens, answerTokens } = DEFAULT_WORKLOAD
  return (
    <>
      <TextField {...text('users', users)} inputMode="numeric" />
      <TextField {...text('turns', turns)} inputMode="numeric" />
      <TextField {...text('prompt-tokens', promptTokens)} inputMode="numeric" />
      <TextField {...text('answer-tokens', answerTokens)} inputMode="numeric" />
    </>
  )
}

const MINORS = Array.from({ length: NEWEST_MINOR - OLDEST_MINOR + 1 }, (_, at) => NEWEST_MINOR - at)

function OutputFields({ options, ...state }: PlanFormProps) {
  const { select, text } = usePlanForm(state)
  const { version, port } = options
  const texts = MINORS.map((minor) => `0.${minor}`)
  const shown = version.text === `0.${NEWEST_MINOR}.0` ? `0.${NEWEST_MINOR}` : version.text
  const choices = texts.includes(shown) ? texts : [shown, ...texts]
  return (
    <>
      <SelectField
        {...select('vllm', shown, `0.${NEWEST_MINOR}`)}
        groups={[{ choices: choices.map((value) => ({ value, label: value })) }]}
      />
      <TextField {...text('port', port)} placeholder="8000" inputMode="numeric" />
      <TextField {...text('weights-path', '')} className="col-span-2" />
    </>
  )
}
