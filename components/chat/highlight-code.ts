import {
  createHighlighterCore,
  type GrammarState,
  type HighlighterCore,
  type LanguageInput,
} from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import type { CodeLanguage } from './code-languages'
import { codeTheme, type TokenKind, toTokenKind } from './code-theme'

const GRAMMARS: Record<CodeLanguage, LanguageInput> = {
  bash: () => import('shiki/langs/shellscript.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  csharp: () => import('shiki/langs/csharp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  ini: () => import('shiki/langs/ini.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  kotlin: () => import('shiki/langs/kotlin.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  xml: () => import('shiki/langs/xml.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
}

/** Shiki's own names, where they differ from ours. */
const SHIKI_NAMES: Partial<Record<CodeLanguage, string>> = { bash: 'shellscript' }

export type CodeToken = { text: string; kind?: TokenKind }

/** The tokens of one line; joined they are the line without its end. */
export type CodeLine = readonly CodeToken[]

/** The lines of a code from `from` on; those before it are as they were said before. */
export type CodeLines = { from: number; lines: readonly CodeLine[] }

export type CodeTokenizer = {
  /** Goes on from where it stopped; begins anew when the text before that place has changed. */
  read(code: string): CodeLines
}

/** A line longer than this is no code that anybody reads; it stays plain. */
const MAX_LINE_LENGTH = 2000
/** A grammar is compiled at its first lines, which may take longer than the library's limit of 0.5 s a line. */
const MAX_LINE_MS = 5000

let highlighter: Promise<HighlighterCore> | undefined

/** Nothing in it evaluates code or needs WebAssembly: it keeps to the page's Content-Security-Policy. */
export async function loadTokenizer(language: CodeLanguage): Promise<CodeTokenizer> {
  highlighter ??= createHighlighterCore({
    themes: [codeTheme],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  })
  const core = await highlighter
  await core.loadLanguage(GRAMMARS[language])
  return createTokenizer({ core, lang: SHIKI_NAMES[language] ?? language })
}

function createTokenizer({ core, lang }: { core: HighlighterCore; lang: string }): CodeTokenizer {
  /** Whole lines only: the last one may still grow. */
  let seen = ''
  let seenLines = 0
  let grammarState: GrammarState | undefined

  const tokenize = (code: string) =>
    core.codeToTokensBase(code, {
      lang,
      theme: codeTheme.name ?? '',
      tokenizeMaxLineLength: MAX_LINE_LENGTH,
      tokenizeTimeLimit: MAX_LINE_MS,
      ...(grammarState === undefined ? {} : { grammarState }),
    })
  return {
    read(code) {
      if (!code.startsWith(seen)) {
        seen = ''
        seenLines = 0
        grammarState = undefined
      }
      const from = seenLines
      const lines: CodeLine[] = []
      const end = code.lastIndexOf('\n') + 1
      if (end > seen.length) {
        const found = tokenize(code.slice(seen.length, end - 1))
        grammarState = core.getLastGrammarState(found)
        lines.push(...found.map(toLine))
        seen = code.slice(0, end)
        seenLines += found.length
      }
      if (end < code.length) lines.push(...tokenize(code.slice(end)).map(toLine))
      return { from, lines }
    },
  }
}

function toLine(tokens: readonly { content: string; color?: string }[]): CodeLine {
  const line: { text: string; kind?: TokenKind }[] = []
  for (const { content, color } of tokens) {
    const kind = toTokenKind(color)
    const last = line.at(-1)
    if (last !== undefined && last.kind === kind) last.text += content
    else line.push(kind === undefined ? { text: content } : { text: content, kind })
  }
  return line
}
