import { createTranslator } from 'next-intl'
import type { BadRow } from '@/lib/domain/batch'
import type { AppError, ErrorDetails, PublicError } from '@/lib/domain/error'
import messages from '@/lib/i18n/messages/en.json' with { type: 'json' }
import { toMessageValues } from '@/lib/i18n/to-message-values'

// The page's own sentences, in English and without their markup.

/** `line 7: Its quotes are broken.` */
export function describeBadRow({ line, reason, details = {} }: BadRow): string {
  return `line ${line}: ${write({ message: messages.batch.bad[reason], details })}`
}

export function describeError({
  code,
  details = {},
}: Pick<AppError | PublicError, 'code' | 'details'>): string {
  const { text, remedy } = messages.errors[code]
  return `${write({ message: text, details })} ${write({ message: remedy, details })}`
}

function write({ message, details }: { message: string; details: ErrorDetails }): string {
  const t = createTranslator({ locale: 'en', messages: { message } })
  const values = toMessageValues({ message, details })
  return t.markup('message', { ...values, code: (chunks) => chunks })
}
