import { StringDecoder } from 'node:string_decoder'

const MAX_LINE_CHARACTERS = 64 * 1024

export type LineSplitter = {
  /** The lines that the bytes complete; empty ones are left out. */
  push(bytes: Uint8Array): string[]
  /** Forgets the open line; with `isMidLine` the rest of a line that was not read from its start. */
  reset(isMidLine?: boolean): void
}

/**
 * Splits at \r\n, \n and \r alone (progress bars), across any chunk boundary. A line beyond 64 KB
 * is dropped whole, so an endless one takes no memory.
 */
export function createLineSplitter(): LineSplitter {
  let decoder = new StringDecoder('utf8')
  let carry = ''
  let isDropping = false
  return {
    push(bytes) {
      const pieces = decoder.write(Buffer.from(bytes)).split(/\r\n|\n|\r/)
      const lines: string[] = []
      for (const [index, piece] of pieces.entries()) {
        if (index > 0) {
          if (!isDropping && carry !== '') lines.push(carry)
          carry = ''
          isDropping = false
        }
        if (isDropping) continue
        carry += piece
        if (carry.length > MAX_LINE_CHARACTERS) {
          carry = ''
          isDropping = true
        }
      }
      return lines
    },
    reset(isMidLine = false) {
      decoder = new StringDecoder('utf8')
      carry = ''
      isDropping = isMidLine
    },
  }
}
