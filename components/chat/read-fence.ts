export type FencedCode = { code: string; language: string | undefined; isClosed: boolean }

const OPENING = /^( {0,3})(`{3,}|~{3,})[ \t]*([\w+#.-]*)(?:[ \t]+[\w .,:="'{}/-]*)?[ \t]*(?:\n|$)/

/**
 * The code of a block that is nothing but one fence, ended or not, as the Markdown parser reads it;
 * undefined for every other block. Long code need not be parsed to be shown.
 */
export function readFence(block: string): FencedCode | undefined {
  const [opening, indent = '', mark = '', language = ''] = OPENING.exec(block) ?? []
  if (opening === undefined || !block.startsWith(opening)) return undefined
  const end = findEnd({ block, from: opening.length, mark })
  if (end === undefined) return undefined
  const body = block.slice(opening.length, end.start)
  const code =
    indent === '' ? body : body.replaceAll(new RegExp(`^ {1,${indent.length}}`, 'gm'), '')
  return {
    code: code.replace(/\n$/, ''),
    language: language === '' ? undefined : language,
    isClosed: end.isClosed,
  }
}

/** Where the closing fence begins: the end of the text where there is none; undefined when more follows it. */
function findEnd(options: {
  block: string
  from: number
  mark: string
}): { start: number; isClosed: boolean } | undefined {
  const { block, from, mark } = options
  const char = mark.charAt(0)
  const closing = new RegExp(`^ {0,3}\\${char}{${mark.length},}[ \\t]*$`, 'gm')
  closing.lastIndex = from
  const found = closing.exec(block)
  if (found === null) return { start: block.length, isClosed: false }
  return block.slice(found.index + found[0].length).trim() === ''
    ? { start: found.index, isClosed: true }
    : undefined
}
