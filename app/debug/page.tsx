import type { Metadata } from 'next'
import { NextIntlClientProvider } from 'next-intl'
import { getMessages, getTranslations } from 'next-intl/server'
import { DebugScreen } from '@/components/screens/debug-screen'
import { getServices } from '@/lib/server/services'

const ROWS = 200

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: `${t('debug.title')} · ${t('app.name')}` }
}

/** With all messages: the layout leaves out the many words that only this page needs. */
export default async function DebugPage() {
  const { store } = await getServices()
  return (
    <NextIntlClientProvider messages={await getMessages()}>
      <DebugScreen initialRows={await store.listTimingRows({ limit: ROWS })} />
    </NextIntlClientProvider>
  )
}
