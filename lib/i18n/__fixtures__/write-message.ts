import { createTranslator } from 'next-intl'
import type { ErrorDetails } from '@/lib/domain/error'
import type { Locale } from '../choose-locale'
import { toMessageValues } from '../to-message-values'

/**
 * A message as a page shows it, without its tags.
 *
 * @throws what next-intl reports: a message that does not parse, a value that is missing.
 */
export function writeMessage(options: {
  message: string
  details: ErrorDetails
  locale?: Locale
}): string {
  const { message, details, locale = 'en' } = options
  const t = createTranslator({
    locale,
    messages: { message },
    onError: (error) => {
      throw error
    },
  })
  const values = toMessageValues({ message, details })
  return t.markup('message', { ...values, code: (chunks) => chunks })
}
