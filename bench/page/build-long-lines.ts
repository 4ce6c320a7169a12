import { ENDING } from './build-answer-text.ts'

const LINE_CHARACTERS = 100_000
const TOKEN_CHARACTERS = 40

/** Two lines of 100 KB without a break, one of code and one of prose, token by token. */
export function buildLongLines(): string[] {
  const json = repeatTo('{"id":17,"name":"first token","tags":["a","b"]},')
  const prose = repeatTo('The engine sends one token after the other and never ends the line; ')
  const text = `A line of JSON:\n\n\`\`\`json\n[${json}]\n\`\`\`\n\n${prose}\n\n${ENDING}`
  return text.match(new RegExp(`[^]{1,${TOKEN_CHARACTERS}}`, 'g')) ?? []
}

function repeatTo(piece: string): string {
  return piece.repeat(Math.ceil(LINE_CHARACTERS / piece.length)).slice(0, LINE_CHARACTERS)
}
