import { NextIntlClientProvider } from 'next-intl'
import type { ReactNode } from 'react'

/** The table's words are sent with this page only. */
export default function DebugLayout({ children }: { children: ReactNode }) {
  return <NextIntlClientProvider>{children}</NextIntlClientProvider>
}
