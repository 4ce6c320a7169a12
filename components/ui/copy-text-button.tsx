'use client'

import { CheckIcon, CopyIcon } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from './button'

const SHOWN_MS = 2_000

/** Puts a text into the clipboard and says whether it is there. */
export function CopyTextButton({
  label,
  words,
  onCopy,
}: {
  label: string
  words: { copied: string; failed: string }
  /** @returns whether it worked */
  onCopy: () => Promise<boolean>
}) {
  const [outcome, setOutcome] = useState<'copied' | 'failed'>()
  useEffect(() => {
    if (outcome === undefined) return
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [outcome])
  const Icon = outcome === 'copied' ? CheckIcon : CopyIcon
  return (
    <>
      <Button size="small" onClick={async () => setOutcome((await onCopy()) ? 'copied' : 'failed')}>
        <Icon aria-hidden="true" className="size-3.5" />
        {label}
      </Button>
      <span role="status" className={outcome === 'failed' ? 'text-xs text-danger' : 'sr-only'}>
        {outcome === undefined ? null : words[outcome]}
      </span>
    </>
  )
}
