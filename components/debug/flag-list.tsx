'use client'

import { useTranslations } from 'next-intl'
import { useRichMessage } from '@/components/providers/use-rich-message'
import type { ReplyFlag } from '@/lib/domain/reply-trace'

/** Why the answer was slow or unusual, a sentence each. */
export function FlagList({ flags }: { flags: readonly ReplyFlag[] }) {
  const t = useTranslations('trace')
  const rich = useRichMessage()
  if (flags.length === 0) return <p className="text-xs text-muted-foreground">{t('noFlags')}</p>
  return (
    <ul className="space-y-1.5">
      {flags.map(({ code, details }) => (
        <li key={code} data-flag={code} className="border-l-2 border-warning pl-3 leading-5">
          <span className="font-medium">{rich(`flags.${code}.label`)}</span>{' '}
          <span className="text-muted-foreground">
            {rich(`flags.${code}.text`, toFigures(details))}
          </span>
        </li>
      ))}
    </ul>
  )
}

const UNITS = [
  { unit: 'Ms', perMs: 1 },
  { unit: 'Seconds', perMs: 1 / 1_000 },
  { unit: 'Minutes', perMs: 1 / 60_000 },
] as const

/** Figures in a sentence: whole from ten on, with one decimal below; a time in each unit, for the sentence to choose. */
function toFigures(details: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(details).flatMap(([name, value]): [string, number][] => {
      if (!name.endsWith('Ms')) return [[name, round(value)]]
      return UNITS.map(({ unit, perMs }) => [`${name.slice(0, -2)}${unit}`, round(value * perMs)])
    }),
  )
}

function round(value: number): number {
  return value >= 10 ? Math.round(value) : Math.round(value * 10) / 10
}
