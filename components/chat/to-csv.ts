import { formatCsvLine } from '@/lib/timing/format-csv'

/** A table's cells as CSV that a spreadsheet may open: no cell is a formula, a number is a number. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => formatCsvLine(cells.map(toCell))).join('')
}

function toCell(text: string): string | number {
  const number = Number(text)
  return text !== '' && String(number) === text ? number : text
}
