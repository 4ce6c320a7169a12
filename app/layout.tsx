import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import { connection } from 'next/server'
import { NextIntlClientProvider } from 'next-intl'
import { getLocale, getMessages, getTranslations } from 'next-intl/server'
import type { ReactNode } from 'react'
import { ReadinessProvider } from '@/components/providers/readiness-provider'
import { ThemeProvider } from '@/components/providers/theme-provider'
import { ThreadsProvider } from '@/components/providers/threads-provider'
import { getServices } from '@/lib/server/services'
import './globals.css'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('app')
  return { title: t('name'), description: t('description'), robots: { index: false } }
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  // The message box stays above the keyboard of a phone.
  interactiveWidget: 'resizes-content',
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#1a1c1d' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection()
  const nonce = (await headers()).get('x-nonce') ?? undefined
  const { monitor } = await getServices()
  // The debug page, the planner, the tips, the batches, and the details of an answer bring their own many words.
  const {
    debug: _,
    trace: __,
    flags: ___,
    prefix: ____,
    plan: _____,
    tips: ______,
    batch: _______,
    ...messages
  } = await getMessages()
  return (
    <html lang={await getLocale()} suppressHydrationWarning>
      <body>
        <NextIntlClientProvider messages={messages}>
          <ThemeProvider nonce={nonce}>
            <ReadinessProvider initial={monitor.current()}>
              <ThreadsProvider>{children}</ThreadsProvider>
            </ReadinessProvider>
          </ThemeProvider>
        </NextIntlClientProvider>
      </body>
    </html>
  )
}
