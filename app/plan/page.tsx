import type { Metadata } from 'next'
import { NextIntlClientProvider } from 'next-intl'
import { getMessages, getTranslations } from 'next-intl/server'
import { PlanScreen } from '@/components/screens/plan-screen'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: `${t('plan.title')} · ${t('app.name')}` }
}

/** With all messages: the layout leaves out the many words that only this page needs. */
export default async function PlanPage() {
  return (
    <NextIntlClientProvider messages={await getMessages()}>
      <PlanScreen />
    </NextIntlClientProvider>
  )
}
