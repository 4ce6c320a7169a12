'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { ExtraProps } from 'react-markdown'
import { CopyButton } from './copy-button'
import { readNodeText } from './read-node-text'
import { toCsv } from './to-csv'

type TableNode = NonNullable<ExtraProps['node']>
type AnyNode = TableNode['children'][number]

/** A table of an answer: as wide as it needs, within its own scroller, and copied as CSV. */
export function DataTable({
  node,
  children,
}: {
  node: TableNode | undefined
  children: ReactNode
}) {
  const t = useTranslations('chat')
  return (
    <div>
      <figure
        aria-label={t('table')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls only what it can reach
        tabIndex={0}
        className="overflow-x-auto rounded-xl border border-border [scrollbar-width:thin]"
      >
        <table className="w-full border-collapse text-left text-[0.9375rem] leading-6 [overflow-wrap:normal] [word-break:normal] [&_td]:border-t [&_td]:border-border [&_td]:px-4 [&_td]:py-2 [&_td]:align-top [&_td[style*=right]]:whitespace-nowrap [&_th]:px-4 [&_th]:py-2 [&_th]:font-medium [&_th]:text-muted-foreground [&_thead]:bg-muted">
          {children}
        </table>
      </figure>
      <div className="flex justify-end print:hidden">
        <CopyButton label={t('copyTable')} readText={() => toCsv(readRows(node))} isWordShown />
      </div>
    </div>
  )
}

function readRows(table: TableNode | undefined): string[][] {
  const rows: string[][] = []
  const visit = (node: AnyNode) => {
    if (node.type !== 'element') return
    if (node.tagName !== 'tr') node.children.forEach(visit)
    else {
      const cells = node.children.filter((child) => child.type === 'element')
      rows.push(cells.map((cell) => readNodeText(cell).trim()))
    }
  }
  table?.children.forEach(visit)
  return rows
}
