'use client'

import { useTranslations } from 'next-intl'
import type { BadRow, BatchScan } from '@/lib/domain/batch'

const MAX_LISTED = 200

/** What can be asked and what cannot, each bad row with its line and reason. */
export function ScanResult({ scan }: { scan: BatchScan }) {
  const t = useTranslations('batch.scan')
  const shown = scan.bad.slice(0, MAX_LISTED)
  return (
    <div className="space-y-2 text-xs leading-5">
      <p role="status" className={scan.rows === 0 ? 'font-medium text-danger' : 'font-medium'}>
        {scan.rows === 0 ? t('none') : t('rows', { count: scan.rows })}
      </p>
      {scan.samples.length === 0 ? null : (
        <details>
          <summary className="w-fit text-muted-foreground">{t('samples')}</summary>
          <ol className="mt-1 list-decimal space-y-1 pl-5">
            {scan.samples.map((sample, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and samples may be alike
              <li key={at} className="line-clamp-3 break-words whitespace-pre-wrap">
                {sample}
              </li>
            ))}
          </ol>
        </details>
      )}
      {scan.badRows === 0 ? null : (
        <details open>
          <summary className="w-fit text-warning">{t('bad', { count: scan.badRows })}</summary>
          {shown.length < scan.badRows ? (
            <p className="mt-1 text-muted-foreground">{t('listed', { count: shown.length })}</p>
          ) : null}
          <ul
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
            tabIndex={0}
            aria-label={t('bad', { count: scan.badRows })}
            className="mt-1 max-h-56 overflow-auto rounded-lg border border-border px-2.5 py-1.5"
          >
            {shown.map((bad) => (
              <BadLine key={`${bad.line} ${bad.reason}`} bad={bad} />
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function BadLine({ bad: { line, reason, details = {} } }: { bad: BadRow }) {
  const t = useTranslations('batch')
  const values = { column: '', endLine: 'unknown', cells: 0, columns: 0, customId: '', field: '' }
  return (
    <li data-bad-line={line}>
      <span className="text-muted-foreground tabular-nums">{t('scan.line', { line })}</span>{' '}
      {t(`bad.${reason}`, { ...values, ...details })}
    </li>
  )
}
