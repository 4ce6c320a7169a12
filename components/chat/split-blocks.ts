const DEFINITION = /^ {0,3}\[[^\]\n]+\]:/m
const FENCE = /^(\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)*)(`{3,}(?=[^`]*$)|~{3,})/
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/
const QUOTE = /^ {0,3}>/
/** Raw HTML that may hold blank lines, with what ends it (CommonMark 4.6, kinds 1 to 5). */
const HTML_BLOCKS: readonly { start: RegExp; end: RegExp }[] = [
  {
    start: /^ {0,3}<(?:pre|script|style|textarea)(?:[\s>]|$)/i,
    end: /<\/(?:pre|script|style|textarea)>/i,
  },
  { start: /^ {0,3}<!--/, end: /-->/ },
  { start: /^ {0,3}<\?/, end: /\?>/ },
  { start: /^ {0,3}<!\[CDATA\[/, end: /\]\]>/ },
  { start: /^ {0,3}<![a-z]/i, end: />/ },
]

type OpenFence = { mark: string; isInList: boolean }

/**
 * Cuts Markdown into pieces that render alone as they do together, so that a growing text is parsed
 * in its last piece only. Where a cut might change the meaning there is none: inside fences, lists
 * and raw HTML, and in the whole text when it defines links or footnotes. The pieces joined are the text.
 */
export function splitBlocks(text: string): string[] {
  if (DEFINITION.test(text)) return [text]
  const blocks: string[] = []
  let current = ''
  let isList = false
  let wasBlank = false
  let isUnclear = false
  let fence: OpenFence | undefined
  let htmlEnd: RegExp | undefined
  for (const line of text.split(/(?<=\n)/)) {
    const isBlank = line.trim() === ''
    // Whether this line ends the fence hangs on the list's own indent: from here on nothing is cut.
    isUnclear ||= fence?.isInList === true && /^\S/.test(line)
    if (isUnclear) {
      current += line
      continue
    }
    if (fence === undefined && htmlEnd === undefined) {
      const isContinued = /^\s/.test(line) || (isList && LIST_ITEM.test(line))
      if (wasBlank && !isBlank && !isContinued && current.trim() !== '') {
        blocks.push(current)
        current = ''
        isList = false
      }
      isList ||= LIST_ITEM.test(line)
      htmlEnd = HTML_BLOCKS.find(({ start }) => start.test(line))?.end
      fence = openFence({ line, isList })
    } else if (fence !== undefined && closesFence({ line, mark: fence.mark })) {
      fence = undefined
    }
    if (htmlEnd?.test(line)) htmlEnd = undefined
    current += line
    wasBlank = isBlank
  }
  return current === '' ? blocks : [...blocks, current]
}

function openFence({ line, isList }: { line: string; isList: boolean }): OpenFence | undefined {
  if (QUOTE.test(line)) return undefined
  const [, lead = '', mark] = FENCE.exec(line.trimEnd()) ?? []
  if (mark === undefined || (!isList && lead.length > 3)) return undefined
  return { mark, isInList: isList && lead !== '' }
}

function closesFence({ line, mark }: { line: string; mark: string }): boolean {
  const end = line.trim()
  return end.length >= mark.length && end === mark.charAt(0).repeat(end.length)
}
