import { render } from '@testing-library/react'
import { NextIntlClientProvider } from 'next-intl'
import type { ReactNode } from 'react'
import type { Readiness } from '@/lib/domain/readiness'
import messages from '@/lib/i18n/messages/en.json'

export function readinessOf(more: Partial<Readiness> = {}): Readiness {
  return {
    phase: 'ready',
    canSend: more.phase === undefined || more.phase === 'ready' || more.phase === 'saturated',
    phaseElapsedMs: 0,
    details: {},
    engineUrl: 'http://127.0.0.1:8000/v1',
    servedModels: [],
    log: 'following',
    systemPrompt: { sha256: 'a'.repeat(64) },
    isLocal: false,
    isDemo: false,
    ...more,
  }
}

/** With the real English messages; a missing word or value fails the test. */
export function renderPage(children: ReactNode) {
  return render(
    <NextIntlClientProvider
      locale="en"
      messages={messages}
      timeZone="UTC"
      onError={(error) => {
        throw error
      }}
    >
      {children}
    </NextIntlClientProvider>,
  )
}
