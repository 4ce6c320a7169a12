'use client'

import { SettingsIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'

/** Says how many settings differ from the model's own, and opens them. */
export function SamplingButton({ store, onOpen }: { store: ThreadStore; onOpen: () => void }) {
  const t = useTranslations('sampling')
  const setCount = useStore(store, ({ sampling }) => Object.keys(sampling).length)
  const label = setCount === 0 ? t('open') : t('openSet', { count: setCount })
  return (
    <Button
      id="sampling-button"
      variant="ghost"
      size={setCount === 0 ? 'icon' : 'medium'}
      shape="round"
      className="-ml-1.5 sm:order-first [&:not(:has(+[data-context]))]:mr-auto"
      aria-label={label}
      aria-haspopup="dialog"
      title={label}
      onClick={onOpen}
    >
      <SettingsIcon aria-hidden="true" className="size-4.5" />
      {setCount === 0 ? null : (
        <span className="text-xs tabular-nums">{t('setCount', { count: setCount })}</span>
      )}
    </Button>
  )
}
