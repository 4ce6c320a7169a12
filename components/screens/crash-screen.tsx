'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { Button, buttonClasses } from '@/components/ui/button'
import { Mark } from '@/components/ui/mark'

export function CrashScreen({ onRetry }: { onRetry: () => void }) {
  const t = useTranslations('crash')
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-3 px-4 pb-24 text-center">
      <Mark className="size-10 text-accent" />
      <h1 className="mt-2 text-lg font-semibold">{t('title')}</h1>
      <p role="alert" className="text-sm text-muted-foreground">
        {t('text')}
      </p>
      <div className="mt-3 flex gap-2">
        <Button variant="primary" onClick={onRetry}>
          {t('retry')}
        </Button>
        <Link href="/" className={buttonClasses()}>
          {t('back')}
        </Link>
      </div>
    </main>
  )
}
