import type { Metadata } from 'next'
import { NextIntlClientProvider } from 'next-intl'
import { getMessages, getTranslations } from 'next-intl/server'
import { TipsScreen } from '@/components/screens/tips-screen'
import { getServices } from '@/lib/server/services'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: `${t('tips.title')} · ${t('app.name')}` }
}

/** With all messages: the layout leaves out the many words that only this page needs. */
export default async function TipsPage() {
  const { tips } = await getServices()
  return (
    <NextIntlClientProvider messages={await getMessages()}>
      <TipsScreen initial={await tips.state()} />
    </NextIntlClientProvider>
  )
}
