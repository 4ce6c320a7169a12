type Cell = string | number | null

/** A text that begins like this is a formula to a spreadsheet. */
const FORMULA = /^[=+\-@\t\r]/
const NEEDS_QUOTES = /["\r\n,]/

/**
 * One record as RFC 4180 has it, with its line end. A text that a spreadsheet would run as a formula
 * gets an apostrophe before it; numbers stay numbers, negative ones too.
 */
export function formatCsvLine(cells: readonly Cell[]): string {
  return `${cells.map(formatCell).join(',')}\r\n`
}

function formatCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
