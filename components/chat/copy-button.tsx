'use client'

import { Check, Copy } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { copyText } from '@/lib/client/copy-text'

const SHOWN_MS = 2_000

export function CopyButton({
  label,
  readText,
  className,
  isWordShown = false,
}: {
  label: string
  readText: () => string
  className?: string | undefined
  /** The label stands beside the icon. */
  isWordShown?: boolean
}) {
  const t = useTranslations('chat')
  const [outcome, setOutcome] = useState<'copied' | 'copyFailed'>()
  const iconSize = isWordShown ? 'size-3.5' : 'size-4'
  useEffect(() => {
    if (outcome === undefined) return
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [outcome])
  return (
    <>
      <Button
        variant="ghost"
        size={isWordShown ? 'small' : 'smallIcon'}
        className={className}
        aria-label={label}
        title={outcome === undefined ? label : t(outcome)}
        onClick={async () => setOutcome((await copyText(readText())) ? 'copied' : 'copyFailed')}
      >
        {outcome === 'copied' ? <Check className={iconSize} /> : <Copy className={iconSize} />}
        {isWordShown ? label : null}
      </Button>
      <span role="status" className="sr-only">
        {outcome === undefined ? null : t(outcome)}
      </span>
    </>
  )
}
