import { createTranslator } from 'next-intl'
import type { ErrorDetails } from '@/lib/domain/error'
import type { StartStage } from '@/lib/domain/readiness'
import messages from '@/lib/i18n/messages/en.json' with { type: 'json' }
import { toMessageValues } from '@/lib/i18n/to-message-values'

type Sentences = { sentence: string; cure: string }

const failures: Record<string, Sentences> = messages.failures
const stages: Record<string, string> = messages.stages

function say({ message, details }: { message: string; details: ErrorDetails }): string {
  const t = createTranslator({ locale: 'en', messages: { message } })
  return t.markup('message', {
    ...toMessageValues({ message, details }),
    code: (chunks: string) => chunks,
  })
}

/** The gate's own sentences, in English and without their markup. */
export function sayFailure({ code, details }: { code: string; details: ErrorDetails }): Sentences {
  const found = failures[code] ?? failures.unlisted
  if (found === undefined) return { sentence: code, cure: '' }
  return {
    sentence: say({ message: found.sentence, details }),
    cure: say({ message: found.cure, details }),
  }
}

export function sayStage(stage: StartStage): string {
  return stages[stage] ?? stage
}
