import type { Metadata } from 'next'
import { NextIntlClientProvider } from 'next-intl'
import { getMessages, getTranslations } from 'next-intl/server'
import { BatchScreen } from '@/components/screens/batch-screen'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: `${t('batch.title')} · ${t('app.name')}` }
}

/** With all messages: the layout leaves out the many words that only this page needs. */
export default async function BatchPage() {
  return (
    <NextIntlClientProvider messages={await getMessages()}>
      <BatchScreen />
    </NextIntlClientProvider>
  )
}
