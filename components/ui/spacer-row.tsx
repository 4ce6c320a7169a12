import { ROW_PX } from './use-windowed-rows'

/** Holds the place of rows that are not made. */
export function SpacerRow({ count, columns }: { count: number; columns: number }) {
  if (count === 0) return null
  return (
    <tr className="print:hidden">
      <td colSpan={columns} style={{ height: count * ROW_PX, padding: 0 }} />
    </tr>
  )
}
