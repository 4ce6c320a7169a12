import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The app's own files, parsed; tests and their fixtures are left out. */
export function readSources(folders: readonly string[]): ts.SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /[.]tsx?$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((path) => !/[.](test|spec|d)[.]tsx?$|__fixtures__/.test(path))
      .sort()
      .map((path) => parseSource({ path, text: readFileSync(join(root, path), 'utf8') })),
  )
}

export function parseSource({ path, text }: { path: string; text: string }): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
}

/** `path:line` of a node, for a failure that one can click. */
export function placeOf({ source, node }: { source: ts.SourceFile; node: ts.Node }): string {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
  return `${source.fileName}:${line + 1}`
}
