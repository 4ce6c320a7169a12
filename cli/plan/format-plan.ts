import { toGib } from '@/lib/planner/assess-plan'
import { buildOutput } from '@/lib/planner/build-outputs'
import type { Plan } from '@/lib/planner/build-plan'
import { type ServeOptions, toWeightsName } from '@/lib/planner/choose-flags'
import type { Cure } from '@/lib/planner/find-cures'
import type { Figure } from '@/lib/planner/to-figures'
import { say } from './words'

const BAR_COLUMNS = 60

const MARKS: Record<string, string> = {
  weights: '#',
  activation: 'a',
  'non-torch': 'c',
  'kv-cache': '=',
  graphs: 'g',
  serving: 's',
  free: '.',
}

const number = new Intl.NumberFormat('en')

function formatFigure({ name, unit, value, isEstimate }: Figure): string {
  const text =
    name === 'kvBytesPerTokenPerGpu'
      ? `${number.format(value / 1024)} KiB`
      : unit === 'bytes'
        ? `${toGib(value).toFixed(2)} GiB`
        : `${number.format(value)} tokens`
  const label = say(`figures.${name}.label`)
  return `  ${label.padEnd(42)}${text.padStart(18)}${isEstimate ? `  ${say('estimate')}` : ''}`
}

function formatCure({ changes }: Cure, index: number): string {
  const parts = changes.map(({ kind, value }) =>
    say(`changes.${kind}`, { value: kind === 'weights' ? value.toUpperCase() : String(value) }),
  )
  return `  ${index + 1}. ${parts.join(' + ')}`
}

function formatBudget({ budget }: Plan): string[] {
  let filled = 0
  const bar = budget.map(({ name, share }) => {
    const from = Math.round(filled * BAR_COLUMNS)
    filled += share
    return (MARKS[name] ?? '?').repeat(Math.round(filled * BAR_COLUMNS) - from)
  })
  const rows = budget.map(({ name, bytes, share }) => {
    const size = `${toGib(bytes).toFixed(2)} GiB`.padStart(12)
    const percent = `${(share * 100).toFixed(1)} %`.padStart(8)
    return `  ${MARKS[name]} ${say(`budget.${name}`).padEnd(18)}${size}${percent}`
  })
  return [`  [${bar.join('')}]`, ...rows]
}

/** A plan for a terminal. */
export function formatPlan({ plan, options }: { plan: Plan; options: ServeOptions }): string {
  const { input, verdict, problems, cures } = plan
  const { shape, gpu, gpuCount, weights } = input
  const weightsName = toWeightsName({ ...input, weightsPath: options.weightsPath })
  const cards = gpuCount === 1 ? gpu.name : `${gpuCount} × ${gpu.name}`
  const chats = plan.chatsAtOnce.map(
    ({ contextTokens, chats: count, isAllowed }) =>
      `  ${number.format(contextTokens).padStart(9)} tokens  ${number.format(count).padStart(7)}${isAllowed ? '' : `  (${say('chatsTooLong')})`}`,
  )
  return [
    `${say(`verdicts.${verdict}.label`)}. ${say(`verdicts.${verdict}.text`)}`,
    `${shape.id}, ${weights}, on ${cards} (${gpu.memoryGib} GiB)`,
    ...problems.map(({ code, values }) => `  - ${say(`problems.${code}`, values)}`),
    ...(cures.length === 0
      ? []
      : ['', say(cures[0]?.verdict === 'fits' ? 'cures' : 'curesTight'), ...cures.map(formatCure)]),
    ...(verdict === 'fits' || cures.length > 0 ? [] : ['', say('noCure')]),
    '',
    say('budgetTitle'),
    ...formatBudget(plan),
    '',
    say('figuresTitle'),
    ...plan.figures.map(formatFigure),
    '',
    say('chatsTitle'),
    ...chats,
    '',
    ...(weightsName.isPlaceholder ? [say('placeholderNote', { name: weightsName.name }), ''] : []),
    buildOutput({ name: 'serve', options }),
    '',
  ].join('\n')
}
