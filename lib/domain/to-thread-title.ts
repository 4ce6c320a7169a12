const MAX_CHARACTERS = 80

/** A title costs no call to the model: it is the first question's first line with text. */
export function toThreadTitle(question: string): string {
  const line = question.split('\n').find((candidate) => candidate.trim() !== '') ?? ''
  return [...line.trim()].slice(0, MAX_CHARACTERS).join('')
}
