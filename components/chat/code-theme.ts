import type { ThemeRegistration } from 'shiki/core'

/** GitHub's colours by what a token is; each is a class, and its colours for light and dark are in globals.css. */
export const TOKEN_KINDS = [
  'comment',
  'keyword',
  'string',
  'constant',
  'function',
  'tag',
  'variable',
  'inserted',
  'deleted',
] as const

export type TokenKind = (typeof TOKEN_KINDS)[number]

const SCOPES: Record<TokenKind, string[]> = {
  comment: ['comment', 'punctuation.definition.comment', 'string.comment'],
  keyword: ['keyword', 'storage', 'storage.type', 'punctuation.definition.keyword'],
  string: ['string', 'string punctuation.section.embedded source', 'markup.inline.raw'],
  constant: [
    'constant',
    'variable.other.constant',
    'variable.other.enummember',
    'variable.language',
    'support',
    'entity.other.attribute-name',
    'meta.property-name',
    'support.type.property-name',
  ],
  function: ['entity.name.function', 'support.function', 'meta.function-call.generic'],
  tag: ['entity.name.tag', 'markup.quote', 'string.regexp'],
  variable: ['entity.name', 'variable.parameter.function', 'variable.parameter'],
  inserted: ['markup.inserted', 'meta.diff.header.to-file', 'punctuation.definition.inserted'],
  deleted: ['markup.deleted', 'meta.diff.header.from-file', 'punctuation.definition.deleted'],
}

/** Colours that stand for kinds: the highlighter knows only colours. */
const COLORS = new Map(
  TOKEN_KINDS.map((kind, index): [string, TokenKind] => [`#00000${index + 1}`, kind]),
)

export function toTokenKind(color: string | undefined): TokenKind | undefined {
  return color === undefined ? undefined : COLORS.get(color.toLowerCase())
}

export const codeTheme: ThemeRegistration = {
  name: 'first-token',
  type: 'light',
  colors: { 'editor.foreground': '#000000', 'editor.background': '#ffffff' },
  settings: [
    { settings: { foreground: '#000000', background: '#ffffff' } },
    ...[...COLORS].map(([foreground, kind]) => ({ scope: SCOPES[kind], settings: { foreground } })),
  ],
}
