'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { richTags } from '@/components/ui/code'
import type { ErrorDetails } from '@/lib/domain/error'
import { toMessageValues } from '@/lib/i18n/to-message-values'

/** Writes a message with its `<code>` tags; facts that are missing take the message's own `unknown` branch. */
export function useRichMessage(): (key: string, details?: ErrorDetails) => ReactNode {
  const t = useTranslations()
  return (key, details = {}) => {
    const raw: unknown = t.raw(key)
    const message = typeof raw === 'string' ? raw : ''
    return t.rich(key, { ...toMessageValues({ message, details }), ...richTags })
  }
}
