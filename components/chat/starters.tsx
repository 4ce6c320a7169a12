'use client'

import { useTranslations } from 'next-intl'

const STARTERS = ['first-token', 'prefix-cache', 'decode-speed', 'table'] as const

export function Starters({
  onPick,
}: {
  onPick: (options: { prompt: string; pressedAtMs: number }) => void
}) {
  const t = useTranslations('start')
  return (
    <ul aria-label={t('examples')} className="grid gap-2 sm:grid-cols-2">
      {STARTERS.map((name) => (
        <li key={name} className="flex">
          <button
            type="button"
            data-starter={name}
            className="flex flex-1 flex-col rounded-xl border border-border px-4 py-2.5 text-left transition-colors hover:bg-muted"
            onClick={({ timeStamp }) =>
              onPick({ prompt: t(`starters.${name}.prompt`), pressedAtMs: timeStamp })
            }
          >
            <span className="text-sm font-medium">{t(`starters.${name}.label`)}</span>
            <span className="text-[0.8125rem] leading-5 text-muted-foreground">
              {t(`starters.${name}.hint`)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
