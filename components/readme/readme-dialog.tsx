'use client'

import { useLocale, useTranslations } from 'next-intl'
import { type ReactNode, useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody } from '@/components/ui/dialog'

const FILES: Record<string, string> = { en: '/readme.md', 'zh-CN': '/readme.zh-CN.md' }

async function loadText({ locale, signal }: { locale: string; signal: AbortSignal }) {
  const response = await fetch(FILES[locale] ?? '/readme.md', { signal })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return await response.text()
}

/** What this is and how to use it: a file that whoever runs the app may replace. */
export function ReadmeDialog({
  renderText,
  onClose,
}: {
  renderText: (text: string) => ReactNode
  onClose: () => void
}) {
  const t = useTranslations('readme')
  const locale = useLocale()
  const [text, setText] = useState<string>()
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    if (hasFailed) return
    const abort = new AbortController()
    loadText({ locale, signal: abort.signal }).then(setText, () => {
      if (!abort.signal.aborted) setFailed(true)
    })
    return () => abort.abort()
  }, [locale, hasFailed])
  return (
    <Dialog
      title={t('title')}
      closeLabel={t('close')}
      onClose={onClose}
      className="h-[calc(100dvh-2rem)] w-[min(52rem,calc(100vw-1.5rem))]"
    >
      <DialogBody label={t('title')}>
        {hasFailed ? (
          <div role="alert" className="space-y-3 text-sm">
            <p>{t('failed')}</p>
            <Button size="small" onClick={() => setFailed(false)}>
              {t('retry')}
            </Button>
          </div>
        ) : (
          <div aria-busy={text === undefined}>{text === undefined ? null : renderText(text)}</div>
        )}
      </DialogBody>
    </Dialog>
  )
}
