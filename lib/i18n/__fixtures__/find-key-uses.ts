import ts from 'typescript'
import { placeOf } from './read-sources'
import { findWrittenTexts } from './find-written-texts'

/** A call that writes a message. `*` in a key stands for a part that the code computes. */
export type KeyUse = {
  place: string
  keys: string[]
  /** The key comes from a variable or a function: `keys` are then all that the file could mean. */
  isComputed: boolean
}

const SOURCES = ['useTranslations', 'getTranslations', 'useRichMessage']

/** Every use of a message in one file, by the translator that its function holds. */
export function findKeyUses(source: ts.SourceFile): KeyUse[] {
  const uses: KeyUse[] = []
  visit({ node: source, scope: new Map() })
  return uses

  function visit({ node, scope }: { node: ts.Node; scope: Map<string, string> }): void {
    const inner = ts.isFunctionLike(node) || ts.isBlock(node) ? new Map(scope) : scope
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      const namespace = namespaceOf(node.initializer)
      if (namespace !== undefined) inner.set(node.name.text, namespace)
    }
    if (ts.isCallExpression(node)) {
      const namespace = calledNamespace({ callee: node.expression, scope: inner })
      const [key] = node.arguments
      if (namespace !== undefined && key !== undefined) uses.push(toUse({ key, namespace }))
    }
    ts.forEachChild(node, (child) => visit({ node: child, scope: inner }))
  }

  function toUse({ key, namespace }: { key: ts.Expression; namespace: string }): KeyUse {
    const place = placeOf({ source, node: key })
    const written = findWrittenTexts(key)
    const isComputed = written === undefined
    const names = written ?? findLiterals(source)
    return { place, isComputed, keys: names.map((name) => joinKey({ namespace, name })) }
  }
}

/** The namespace of `useTranslations('a')`, `await getTranslations('a')`; '' where it names none. */
function namespaceOf(expression: ts.Expression): string | undefined {
  const call = unwrap(expression)
  if (!ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return undefined
  if (!SOURCES.includes(call.expression.text)) return undefined
  const [namespace] = call.arguments
  return namespace !== undefined && ts.isStringLiteral(namespace) ? namespace.text : ''
}

function calledNamespace(options: {
  callee: ts.Expression
  scope: Map<string, string>
}): string | undefined {
  const callee = unwrap(options.callee)
  if (ts.isIdentifier(callee)) return options.scope.get(callee.text)
  if (ts.isPropertyAccessExpression(callee) && ts.isIdentifier(callee.expression)) {
    return options.scope.get(callee.expression.text)
  }
  return namespaceOf(callee)
}

function unwrap(expression: ts.Expression): ts.Expression {
  if (ts.isAwaitExpression(expression) || ts.isParenthesizedExpression(expression)) {
    return unwrap(expression.expression)
  }
  return expression
}

/** Every plain string of a file, those of its types included. */
export function findLiterals(source: ts.SourceFile): string[] {
  const literals = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) literals.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return [...literals]
}

function joinKey({ namespace, name }: { namespace: string; name: string }): string {
  return namespace === '' ? name : `${namespace}.${name}`
}
