import { createTranslator } from 'next-intl'
import type { BadRow, BadRowReason } from '@/lib/domain/batch'
import type { AppError, PublicError } from '@/lib/domain/error'
import messages from '@/lib/i18n/messages/en.json' with { type: 'json' }
import { toMessageValues } from '@/lib/i18n/to-message-values'

const BAD_ROWS: Readonly<Record<BadRowReason, string>> = {
  empty: 'there is no question in it',
  'too-long': 'it is longer than 1 MiB',
  'not-utf8': 'it is not UTF-8',
  'not-json': 'it is not JSON',
  'not-an-object': 'it is neither a text nor an object',
  'no-such-column': 'it has no column or key with the question',
  'not-text': 'the question is not a text',
  'broken-quotes': 'its quotes are broken',
  'wrong-column-count': 'it has another number of cells than the head',
  'bad-messages': 'its messages are not a conversation of texts that ends in a question',
  'no-custom-id': 'it has no custom_id',
  'duplicate-custom-id': 'its custom_id was there before',
  'wrong-method': 'its method is not POST',
  'wrong-url': 'its url is not /v1/chat/completions',
  'no-body': 'it has no body',
  'unsupported-field': 'its body has a field that is not passed on',
  'bad-value': 'a value of its body is out of range',
}

/** `line 7: its quotes are broken (endLine 9)` */
export function describeBadRow({ line, reason, details = {} }: BadRow): string {
  const facts = Object.entries(details).map(([name, value]) => `${name} ${value}`)
  const more = facts.length === 0 ? '' : ` (${facts.join(', ')})`
  return `line ${line}: ${BAD_ROWS[reason]}${more}`
}

/** The page's sentence and way on for an error, in English and without its markup. */
export function describeError({
  code,
  details = {},
}: Pick<AppError | PublicError, 'code' | 'details'>): string {
  const { text, remedy } = messages.errors[code]
  return [text, remedy]
    .map((message) => {
      const t = createTranslator({ locale: 'en', messages: { message } })
      const values = toMessageValues({ message, details })
      return t.markup('message', { ...values, code: (chunks) => chunks })
    })
    .join(' ')
}
