import { createTranslator } from 'next-intl'
import messages from '@/lib/i18n/messages/en.json' with { type: 'json' }
import { toMessageValues } from '@/lib/i18n/to-message-values'

type Tree = { [name: string]: string | Tree }

const plan: Tree = messages.plan

function findMessage(key: string): string {
  let at: string | Tree | undefined = plan
  for (const name of key.split('.')) at = typeof at === 'object' ? at[name] : undefined
  if (typeof at !== 'string') throw new Error(`no message plan.${key}`)
  return at
}

/** The same sentences as on the page, in English and without its markup. `key` is below `plan.` */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const message = findMessage(key)
  const t = createTranslator({ locale: 'en', messages: { message } })
  const details = toMessageValues({ message, details: values })
  return t.markup('message', { ...details, code: (chunks) => chunks })
}
