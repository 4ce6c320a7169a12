'use client'

import { NextIntlClientProvider, useLocale } from 'next-intl'
import { type ComponentType, useEffect, useState } from 'react'
import { loadPart } from '@/lib/client/load-part'

type DrawerProps = { messageId: string; onClose: () => void }

type Loaded = {
  Drawer: ComponentType<DrawerProps>
  messages: Record<string, unknown>
}

/** The words are sent with the pages that show them; here with the part that needs them. */
const loadWords: Record<string, () => Promise<{ default: object }>> = {
  en: () => import('@/lib/i18n/messages/en.json'),
  'zh-CN': () => import('@/lib/i18n/messages/zh-CN.json'),
}

async function load(locale: string): Promise<Loaded> {
  const [{ TraceDrawer }, words] = await Promise.all([
    import('@/components/debug/trace-drawer'),
    (loadWords[locale] ?? loadWords.en)?.(),
  ])
  return { Drawer: TraceDrawer, messages: { ...words?.default } }
}

/** The details of an answer, fetched with the first look at one. */
export function LazyDrawer(props: DrawerProps) {
  const locale = useLocale()
  const [loaded, setLoaded] = useState<Loaded>()
  useEffect(() => {
    let isWanted = true
    void loadPart(() => load(locale)).then((parts) => isWanted && setLoaded(parts))
    return () => {
      isWanted = false
    }
  }, [locale])
  if (loaded === undefined) return null
  const { Drawer, messages } = loaded
  return (
    <NextIntlClientProvider locale={locale} messages={messages}>
      <Drawer {...props} />
    </NextIntlClientProvider>
  )
}
