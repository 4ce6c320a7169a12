const FOOTNOTE = /^ {0,3}\[\^[^\]\n]+\]:/m
/** Beyond this a text is cut though its footnotes then stand as they were written. */
const MAX_WHOLE_LENGTH = 32_768
const FENCE =
  /^(\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)*)(`{3,}(?=[^`]*$)|~{3,}|\${2,}(?=[^$]*$)|\\\[(?!.*\\\]))/
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
/** A growing list is cut at its items once a piece is this long: only its end is parsed again and again. */
const GROWING_LIST_LENGTH = 1500

type OpenFence = { mark: string; isInList: boolean }

/**
 * Cuts Markdown into pieces that render alone as they do together, so that a growing text is parsed
 * in its last piece only. Where a cut might change the meaning there is none: inside fences of code
 * and maths, lists and raw HTML, and in a whole text of moderate length that has footnotes. Links
 * that are defined elsewhere need the definitions of all pieces (findDefinitions). The pieces joined
 * are the text. With `isGrowing` long lists are cut too: they render as several lists.
 */
export function splitBlocks(text: string, { isGrowing = false } = {}): string[] {
  if (text.length <= MAX_WHOLE_LENGTH && FOOTNOTE.test(text)) return [text]
  const blocks: string[] = []
  let current = ''
  let isList = false
  /** A blank line or the end of a fence: here a new block may begin. */
  let isGap = false
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
    // A code fence is none within maths of TeX's own brackets: what looked like their start was none.
    const isNewFence = fence?.mark === '\\[' && isCodeFence(line)
    if ((fence === undefined || isNewFence) && htmlEnd === undefined) {
      const isContinued = /^\s/.test(line) || (isList && LIST_ITEM.test(line))
      const isCut =
        (isGap && !isBlank && !isContinued && current.trim() !== '') ||
        (isList ? isGrowing && isNewItem({ current, line }) : isCodeAfterText({ current, line }))
      if (isCut) {
        blocks.push(current)
        current = ''
        isList = false
      }
      isList ||= LIST_ITEM.test(line)
      htmlEnd = HTML_BLOCKS.find(({ start }) => start.test(line))?.end
      fence = openFence({ line, isList })
    } else if (fence !== undefined && closesFence({ line, mark: fence.mark })) {
      fence = undefined
      isGap = !isList
      current += line
      continue
    }
    if (htmlEnd?.test(line)) htmlEnd = undefined
    current += line
    isGap = isBlank
  }
  return current === '' ? blocks : [...blocks, current]
}

const DEFINITION = /^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\S.*\n/gm

/** The lines of a piece that define links for all others; one that is still being written is none yet. */
export function findDefinitions(block: string): string {
  if (!block.includes(']:') || isCodeFence(block)) return ''
  return block.match(DEFINITION)?.join('') ?? ''
}

function isNewItem({ current, line }: { current: string; line: string }): boolean {
  return current.length > GROWING_LIST_LENGTH && LIST_ITEM.test(line) && /^\S/.test(line)
}

/** A code fence ends a paragraph without a blank line; raw HTML it does not. */
function isCodeAfterText({ current, line }: { current: string; line: string }): boolean {
  return /^(?:`{3,}[^`]*$|~{3,})/.test(line) && current.trim() !== '' && !/^ {0,3}</m.test(current)
}

function isCodeFence(line: string): boolean {
  return /^ {0,3}(?:`{3,}|~{3,})/.test(line)
}

function openFence({ line, isList }: { line: string; isList: boolean }): OpenFence | undefined {
  if (QUOTE.test(line)) return undefined
  const [, lead = '', mark] = FENCE.exec(line.trimEnd()) ?? []
  if (mark === undefined || (!isList && lead.length > 3)) return undefined
  return { mark, isInList: isList && lead !== '' }
}

function closesFence({ line, mark }: { line: string; mark: string }): boolean {
  if (mark === '\\[') return line.includes('\\]')
  const end = line.trim()
  return end.length >= mark.length && end === mark.charAt(0).repeat(end.length)
}
