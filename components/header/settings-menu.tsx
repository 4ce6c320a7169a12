'use client'

import { SlidersHorizontalIcon } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useLocale, useTranslations } from 'next-intl'
import { useTheme } from 'next-themes'
import { buttonClasses } from '@/components/ui/button'
import { Key } from '@/components/ui/key'
import { Popover } from '@/components/ui/popover'

const THEMES = ['light', 'dark', 'system'] as const

/** Each in its own language, so that it is found by those who cannot read the present one. */
const LANGUAGES = [
  { locale: 'en', name: 'English' },
  { locale: 'zh-CN', name: '中文' },
] as const

const YEAR_SECONDS = 31_536_000

export function SettingsMenu({ onShortcuts }: { onShortcuts?: (() => void) | undefined }) {
  const t = useTranslations('header')
  return (
    <Popover
      label={t('settings')}
      triggerLabel={t('settings')}
      triggerClassName={buttonClasses({ variant: 'ghost', size: 'icon' })}
      trigger={<SlidersHorizontalIcon aria-hidden="true" className="size-4.5" />}
      className="w-60 space-y-4 p-4"
    >
      <ThemeChoice />
      <LanguageChoice />
      {onShortcuts === undefined ? null : (
        <button
          type="button"
          className="-mx-1 flex w-[calc(100%+0.5rem)] items-center justify-between rounded-lg px-1 py-1 text-[0.8125rem] hover:bg-muted"
          onClick={({ currentTarget }) => {
            currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
            onShortcuts()
          }}
        >
          {t('shortcuts')}
          <Key>?</Key>
        </button>
      )}
    </Popover>
  )
}

function ThemeChoice() {
  const t = useTranslations('header')
  const { theme = 'system', setTheme } = useTheme()
  return (
    <Choice
      name="theme"
      legend={t('theme')}
      value={theme}
      options={THEMES.map((value) => ({ value, label: t(value) }))}
      onChoose={setTheme}
    />
  )
}

function LanguageChoice() {
  const t = useTranslations('header')
  const router = useRouter()
  const choose = (locale: string) => {
    saveLocale(locale)
    router.refresh()
  }
  return (
    <Choice
      name="locale"
      legend={t('language')}
      value={useLocale()}
      options={LANGUAGES.map(({ locale, name }) => ({ value: locale, label: name, lang: locale }))}
      onChoose={choose}
    />
  )
}

function Choice({
  name,
  legend,
  value,
  options,
  onChoose,
}: {
  name: string
  legend: string
  value: string
  options: { value: string; label: string; lang?: string }[]
  onChoose: (value: string) => void
}) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-xs text-muted-foreground">{legend}</legend>
      <div className="grid auto-cols-fr grid-flow-col gap-0.5 rounded-lg bg-muted p-0.5">
        {options.map((option) => (
          <label
            key={option.value}
            lang={option.lang}
            className="flex h-7 items-center justify-center rounded-md text-[0.8125rem] text-muted-foreground hover:text-foreground has-checked:bg-background has-checked:font-medium has-checked:text-foreground has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-ring"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChoose(option.value)}
              className="sr-only"
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** The server reads it with the next request; no script of ours needs to. */
function saveLocale(locale: string) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on plain http from other hosts
  document.cookie = `locale=${locale}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}
