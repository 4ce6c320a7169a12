import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { buttonClasses } from '@/components/ui/button'
import { Mark } from '@/components/ui/mark'

export function NotFoundScreen() {
  const t = useTranslations('notFound')
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-3 px-4 pb-24 text-center">
      <Mark className="size-10 text-accent" />
      <h1 className="mt-2 text-lg font-semibold">{t('title')}</h1>
      <p className="text-sm text-muted-foreground">{t('text')}</p>
      <Link href="/" className={`${buttonClasses({ variant: 'primary' })} mt-3`}>
        {t('back')}
      </Link>
    </main>
  )
}
