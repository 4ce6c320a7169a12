export type Template = {
  columns: readonly string[]
  fill(values: (column: string) => string): string
}

/** `{column}` stands for its value; `{{` and `}}` are the braces themselves, a lone brace too. */
export function parseTemplate(text: string): Template {
  const parts: ({ text: string } | { column: string })[] = []
  let at = 0
  for (const match of text.matchAll(/\{\{|\}\}|\{([^{}]+)\}/g)) {
    parts.push({ text: text.slice(at, match.index) })
    const [whole, column] = match
    parts.push(column === undefined ? { text: whole.slice(1) } : { column: column.trim() })
    at = match.index + whole.length
  }
  parts.push({ text: text.slice(at) })
  return {
    columns: [...new Set(parts.flatMap((part) => ('column' in part ? [part.column] : [])))],
    fill: (values) =>
      parts.map((part) => ('column' in part ? values(part.column) : part.text)).join(''),
  }
}
