'use client'

import { BookOpenIcon, PanelLeftIcon, SquarePenIcon } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useReadiness } from '@/components/providers/readiness-provider'
import { useSidebar } from '@/components/providers/sidebar-provider'
import { Button, buttonClasses } from '@/components/ui/button'
import { Mark } from '@/components/ui/mark'
import { EnginePill } from './engine-pill'
import { InstrumentLinks } from './instrument-links'
import { SettingsMenu } from './settings-menu'

export type AppHeaderProps = {
  /** Absent where there is no thread to use them in. */
  onReadme?: () => void
  onShortcuts?: () => void
  /** Called before the new chat's page is shown. */
  onNewChat?: () => void
}

export function AppHeader({ onReadme, onShortcuts, onNewChat }: AppHeaderProps) {
  const t = useTranslations('header')
  const name = useTranslations('app')('name')
  const iconLink = buttonClasses({ variant: 'ghost', size: 'icon' })
  return (
    <header className="@container flex h-header shrink-0 items-center gap-1 px-3 print:hidden">
      <SidebarButton />
      <Link
        href="/"
        aria-label={t('home')}
        className="mr-1 flex items-center gap-2 rounded-lg px-1 py-1 text-[0.9375rem] font-semibold tracking-tight"
      >
        <Mark className="size-6 text-accent" />
        <span className="hidden whitespace-nowrap @2xl:inline">{name}</span>
      </Link>
      <Link
        href="/"
        id="new-chat-button"
        aria-label={t('newChat')}
        title={t('newChat')}
        onClick={() => onNewChat?.()}
        className={iconLink}
      >
        <SquarePenIcon aria-hidden="true" className="size-4.5" />
      </Link>
      <DemoBadge />
      <div className="ml-auto flex min-w-0 items-center gap-1">
        <EnginePill />
        <InstrumentLinks />
        {onReadme === undefined ? null : (
          <Button
            id="readme-button"
            variant="ghost"
            size="icon"
            aria-label={t('readme')}
            aria-haspopup="dialog"
            title={t('readme')}
            onClick={onReadme}
          >
            <BookOpenIcon aria-hidden="true" className="size-4.5" />
          </Button>
        )}
        <SettingsMenu onShortcuts={onShortcuts} />
      </div>
    </header>
  )
}

function SidebarButton() {
  const t = useTranslations('header')
  const sidebar = useSidebar()
  if (sidebar === undefined) return null
  return (
    <Button
      id="sidebar-button"
      variant="ghost"
      size="icon"
      aria-label={t('threads')}
      title={t('threads')}
      onClick={sidebar.toggle}
    >
      <PanelLeftIcon aria-hidden="true" className="size-4.5" />
    </Button>
  )
}

/** Scripted answers are named as such on every page, also when the gate is open. */
function DemoBadge() {
  const t = useTranslations('app')
  const isDemo = useReadiness((state) => state.readiness.isDemo)
  if (!isDemo) return null
  return (
    <span className="hidden truncate rounded-full border border-border px-2.5 py-1 text-xs text-muted-foreground md:inline">
      {t('demo')}
    </span>
  )
}
