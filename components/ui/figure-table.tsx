'use client'

import { type ReactNode, useState } from 'react'
import { cn } from '@/lib/utils'

export type FigureColumn = { name: string; label: string; isNumeric?: boolean }

/** The figures behind a plot: folded, and made when it is unfolded. */
export function FigureTable({
  summary,
  caption,
  columns,
  rows,
}: {
  summary: string
  caption: string
  columns: readonly FigureColumn[]
  rows: () => readonly { key: string; cells: readonly ReactNode[] }[]
}) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details
      className="text-xs leading-5 print:hidden"
      onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}
    >
      <summary className="w-fit text-muted-foreground hover:text-foreground">{summary}</summary>
      {isOpen ? (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label={caption}
          className="mt-1.5 max-h-64 overflow-auto rounded-lg border border-border"
        >
          <PlainTable caption={caption} columns={columns} rows={rows()} />
        </section>
      ) : null}
    </details>
  )
}

export function PlainTable({
  caption,
  columns,
  rows,
}: {
  caption: string
  columns: readonly FigureColumn[]
  rows: readonly { key: string; cells: readonly ReactNode[] }[]
}) {
  return (
    <table className="w-full border-separate border-spacing-0 text-xs leading-5 tabular-nums">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, label, isNumeric }) => (
            <th
              key={name}
              scope="col"
              className={cn(
                'sticky top-0 border-b border-border bg-muted px-3 py-1 font-medium whitespace-nowrap text-muted-foreground print:static',
                isNumeric ? 'text-right' : 'text-left',
              )}
            >
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {columns.map(({ name, isNumeric }, index) => (
              <td
                key={name}
                className={cn(
                  'border-b border-border px-3 py-1 align-top whitespace-nowrap',
                  isNumeric && 'text-right',
                )}
              >
                {cells[index]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
