/** What models write after the fence, for each language that is highlighted. Everything else stays plain. */
const NAMES = {
  bash: ['sh', 'bash', 'shell', 'zsh', 'shellscript', 'console'],
  // C++ has a grammar of its own, which is 534 KB and blocks a page for a second.
  c: ['c', 'h', 'cpp', 'c++', 'cc', 'cxx', 'hpp', 'cuda', 'cu'],
  csharp: ['csharp', 'c#', 'cs'],
  css: ['css'],
  diff: ['diff', 'patch'],
  docker: ['dockerfile', 'docker'],
  go: ['go', 'golang'],
  html: ['html', 'htm'],
  ini: ['ini', 'conf', 'properties', 'env', 'dotenv'],
  java: ['java'],
  javascript: ['js', 'javascript', 'mjs', 'cjs', 'jsx'],
  json: ['json', 'jsonl', 'jsonc', 'json5'],
  kotlin: ['kotlin', 'kt'],
  python: ['python', 'py', 'python3', 'pycon'],
  rust: ['rust', 'rs'],
  sql: ['sql', 'postgresql', 'mysql', 'sqlite'],
  toml: ['toml'],
  typescript: ['ts', 'typescript', 'mts', 'cts'],
  tsx: ['tsx'],
  xml: ['xml', 'svg'],
  yaml: ['yaml', 'yml'],
} as const satisfies Record<string, readonly string[]>

export type CodeLanguage = keyof typeof NAMES

const LANGUAGES = new Map<string, CodeLanguage>(
  Object.entries(NAMES).flatMap(([language, names]) =>
    names.map((name): [string, CodeLanguage] => [name, language as CodeLanguage]),
  ),
)

export function toCodeLanguage(name: string | undefined): CodeLanguage | undefined {
  return name === undefined ? undefined : LANGUAGES.get(name.toLowerCase())
}
