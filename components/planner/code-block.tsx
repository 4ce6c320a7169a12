'use client'

import { useTranslations } from 'next-intl'
import { CopyTextButton } from '@/components/ui/copy-text-button'
import { copyText } from '@/lib/client/copy-text'

/** A text to take away. It scrolls sideways rather than break a line that is pasted. */
export function CodeBlock({ label, text }: { label: string; text: string }) {
  const t = useTranslations('plan')
  return (
    <div className="relative rounded-lg border border-border bg-muted">
      <div className="absolute top-1.5 right-1.5 print:hidden">
        <CopyTextButton
          label={t('copy')}
          words={{ copied: t('copied'), failed: t('copyFailed') }}
          onCopy={() => copyText(text)}
        />
      </div>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        className="max-h-[32rem] overflow-auto p-3 pt-11 print:max-h-none print:overflow-visible print:pt-3"
      >
        <pre className="font-mono text-xs leading-5 print:whitespace-pre-wrap">{text}</pre>
      </section>
    </div>
  )
}
