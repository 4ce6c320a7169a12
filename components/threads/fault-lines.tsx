'use client'

import { useRichMessage } from '@/components/providers/use-rich-message'
import type { PublicError } from '@/lib/domain/error'

/** What went wrong and what to do. */
export function FaultLines({ error }: { error: PublicError }) {
  const rich = useRichMessage()
  return (
    <div
      role="alert"
      data-error={error.code}
      className="mt-3 rounded-xl border border-danger/40 px-4 py-3 text-sm leading-6"
    >
      <p className="font-medium">{rich(`errors.${error.code}.text`, error.details)}</p>
      <p className="text-muted-foreground">{rich(`errors.${error.code}.remedy`, error.details)}</p>
    </div>
  )
}
