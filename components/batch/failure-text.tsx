'use client'

import { useRichMessage } from '@/components/providers/use-rich-message'
import type { PublicError } from '@/lib/domain/error'

/** What went wrong, and what helps. */
export function FailureText({ error: { code, details } }: { error: PublicError }) {
  const write = useRichMessage()
  return (
    <>
      {write(`errors.${code}.text`, details)} {write(`errors.${code}.remedy`, details)}
    </>
  )
}
