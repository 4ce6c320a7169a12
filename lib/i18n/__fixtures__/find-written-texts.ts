import ts from 'typescript'

/**
 * The texts an expression can give that stand in it word by word, with `*` for what a template
 * fills in; undefined as soon as one of its ends is a variable or a call.
 */
export function findWrittenTexts(expression: ts.Expression): string[] | undefined {
  if (ts.isStringLiteralLike(expression)) return [expression.text]
  if (ts.isTemplateExpression(expression)) {
    const { head, templateSpans } = expression
    return [head.text + templateSpans.map((span) => `*${span.literal.text}`).join('')]
  }
  const ends = endsOf(expression)
  if (ends === undefined) return undefined
  const texts = ends.map(findWrittenTexts)
  return texts.every((text) => text !== undefined) ? texts.flat() : undefined
}

/** The same, but variables and calls are passed over instead of spoiling the rest. */
export function findAnyWrittenTexts(expression: ts.Expression): string[] {
  const ends = endsOf(expression)
  return ends === undefined
    ? (findWrittenTexts(expression) ?? [])
    : ends.flatMap(findAnyWrittenTexts)
}

/** Where the value of a choice, a fallback or a pair of brackets comes from. */
function endsOf(expression: ts.Expression): ts.Expression[] | undefined {
  if (ts.isParenthesizedExpression(expression)) return [expression.expression]
  if (ts.isAsExpression(expression)) return [expression.expression]
  if (ts.isConditionalExpression(expression)) return [expression.whenTrue, expression.whenFalse]
  if (ts.isBinaryExpression(expression)) {
    const { operatorToken, left, right } = expression
    if (operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken) return [right]
    if (
      operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken ||
      operatorToken.kind === ts.SyntaxKind.BarBarToken ||
      operatorToken.kind === ts.SyntaxKind.PlusToken
    ) {
      return [left, right]
    }
  }
  return undefined
}
