import ts from 'typescript'
import { findAnyWrittenTexts } from './find-written-texts'
import { placeOf } from './read-sources'

/** Attributes that a reader sees or hears: those of HTML, and those of our own components. */
const WORD_ATTRIBUTES =
  /^(aria-(label|description|valuetext|roledescription|placeholder)|alt|title|placeholder|label|\w+Label|legend|definition|hint|description|text|reason|\w+Reason)$/

const METADATA_FIELDS = ['title', 'description', 'absolute', 'default', 'template']

/** Words that stand in a component or page itself and would stay English in every language. */
export function findLiteralWords(source: ts.SourceFile): { place: string; text: string }[] {
  const found: { place: string; text: string }[] = []
  visit(source)
  return found

  function add({ node, texts }: { node: ts.Node; texts: string[] }): void {
    for (const text of texts) {
      if (/\p{L}/u.test(text)) found.push({ place: placeOf({ source, node }), text: text.trim() })
    }
  }

  function visit(node: ts.Node): void {
    if (ts.isJsxText(node)) add({ node, texts: [decodeEntities(node.text)] })
    if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) {
      add({ node, texts: findAnyWrittenTexts(node.expression) })
    }
    if (ts.isJsxAttribute(node) && WORD_ATTRIBUTES.test(node.name.getText(source))) {
      add({ node, texts: textsOfAttribute(node) })
    }
    if (isMetadata(node)) visitMetadata(node)
    ts.forEachChild(node, visit)
  }

  function visitMetadata(node: ts.Node): void {
    if (ts.isPropertyAssignment(node) && METADATA_FIELDS.includes(node.name.getText(source))) {
      add({ node, texts: findAnyWrittenTexts(node.initializer) })
    }
    ts.forEachChild(node, visitMetadata)
  }
}

function textsOfAttribute({ initializer }: ts.JsxAttribute): string[] {
  if (initializer === undefined) return []
  if (ts.isStringLiteral(initializer)) return [initializer.text]
  if (!ts.isJsxExpression(initializer) || initializer.expression === undefined) return []
  return findAnyWrittenTexts(initializer.expression)
}

/** `&nbsp;` and its kind are signs, not words. */
function decodeEntities(text: string): string {
  return text.replaceAll(/&#?\w+;/g, ' ')
}

/** Next's `metadata` and `generateMetadata`. */
function isMetadata(node: ts.Node): boolean {
  if (ts.isFunctionDeclaration(node)) return node.name?.text === 'generateMetadata'
  return (
    ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.name.text === 'metadata'
  )
}
