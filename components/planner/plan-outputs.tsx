'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useRichMessage } from '@/components/providers/use-rich-message'
import { Tabs } from '@/components/ui/tabs'
import {
  buildOutput,
  OUTPUT_NAMES,
  OUTPUT_TITLES,
  type OutputName,
} from '@/lib/planner/build-outputs'
import {
  chooseAddress,
  chooseFlags,
  type ServeOptions,
  toArguments,
  toWeightsName,
} from '@/lib/planner/choose-flags'
import { NEWEST_MINOR } from '@/lib/planner/vllm-version'
import { CodeBlock } from './code-block'

/** The command in every form it is wanted in, and the reason of each flag. */
export function PlanOutputs({ options }: { options: ServeOptions }) {
  const t = useTranslations('plan')
  const rich = useRichMessage()
  const [chosen, setChosen] = useState<OutputName>('serve')
  const { input, version, weightsPath } = options
  const weights = toWeightsName({ ...input, weightsPath })
  return (
    <section aria-labelledby="plan-outputs" className="min-w-0">
      <h2 id="plan-outputs" className="mb-1 text-[0.8125rem] font-medium">
        {t('outputs')}
      </h2>
      <Tabs
        label={t('outputs')}
        tabs={OUTPUT_NAMES.map((name) => ({ name, label: OUTPUT_TITLES[name] }))}
        chosen={chosen}
        onChoose={setChosen}
      >
        {weights.isPlaceholder ? (
          <p className="mb-2 text-[0.8125rem] leading-5 text-warning">
            {rich('plan.placeholderNote', { name: weights.name })}
          </p>
        ) : null}
        {version.isBeyond ? (
          <p className="mb-2 text-[0.8125rem] leading-5 text-warning">
            {t('beyondNote', { version: version.text, newest: NEWEST_MINOR })}
          </p>
        ) : null}
        <CodeBlock label={OUTPUT_TITLES[chosen]} text={buildOutput({ name: chosen, options })} />
      </Tabs>
      <WhyList options={options} />
    </section>
  )
}

function WhyList({ options }: { options: ServeOptions }) {
  const t = useTranslations('plan')
  const rich = useRichMessage()
  const flags = [
    ...chooseFlags(options),
    ...chooseAddress({ host: '127.0.0.1', port: options.port }),
  ]
  return (
    <details className="mt-3 text-[0.8125rem] leading-5 print:hidden">
      <summary className="w-fit text-muted-foreground hover:text-foreground">
        {t('whyTitle')}
      </summary>
      <dl className="mt-2 space-y-2">
        {flags.map((flag) => (
          <div key={flag.name} data-why={flag.name}>
            <dt className="font-mono text-xs [overflow-wrap:anywhere]">
              {toArguments([flag]).join(' ')}
            </dt>
            <dd className="text-muted-foreground">
              {rich(`plan.why.${flag.name}`, toWords(flag))}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

/** A port is a name, not an amount. */
function toWords({ name, values }: { name: string; values: Record<string, string | number> }) {
  return name === 'port' ? { port: String(values.port) } : values
}
