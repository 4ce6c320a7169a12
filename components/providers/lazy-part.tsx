'use client'

import { useTranslations } from 'next-intl'
import { type ComponentType, useEffect, useState } from 'react'

const FAILURE_MS = 5_000

/** A part that is loaded when it is first shown. A load that fails is told, and tried again the next time. */
export function LazyPart<Props extends object>({
  load,
  props,
  onFail,
}: {
  /** The same function each time. */
  load: () => Promise<ComponentType<Props>>
  props: Props
  /** The part is not shown any more. */
  onFail: () => void
}) {
  const t = useTranslations('errors.app_unreachable')
  const [part, setPart] = useState<{ Part: ComponentType<Props> }>()
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    let isWanted = true
    load().then(
      (Part) => isWanted && setPart({ Part }),
      () => isWanted && setFailed(true),
    )
    return () => {
      isWanted = false
    }
  }, [load])
  useEffect(() => {
    if (!hasFailed) return
    const timer = setTimeout(onFail, FAILURE_MS)
    return () => clearTimeout(timer)
  }, [hasFailed, onFail])
  if (hasFailed) {
    return (
      <p
        role="alert"
        className="fixed right-4 bottom-4 z-20 rounded-lg border border-danger/40 bg-background px-4 py-3 text-sm shadow-lg"
      >
        {t('text')}
      </p>
    )
  }
  return part === undefined ? null : <part.Part {...props} />
}
