import type { ErrorDetails } from '@/lib/domain/error'
import type { MessageElement } from './parse-message'

type Choice = Extract<MessageElement, { kind: 'choice' }>

/** All elements of a message, those in its tags and branches included. */
function flattenMessage(elements: MessageElement[]): MessageElement[] {
  return elements.flatMap((element): MessageElement[] => {
    if (element.kind === 'tag') return [element, ...flattenMessage(element.children)]
    if (element.kind !== 'choice') return [element]
    return [element, ...element.branches.flatMap((branch) => flattenMessage(branch.elements))]
  })
}

export function choicesOf(elements: MessageElement[]): Choice[] {
  return flattenMessage(elements).filter((element) => element.kind === 'choice')
}

/** A value for each argument of a message, as its format needs it. */
export function toSampleValues(elements: MessageElement[]): ErrorDetails {
  const values: ErrorDetails = {}
  for (const element of flattenMessage(elements)) {
    if (element.kind !== 'argument' && element.kind !== 'choice') continue
    const isWord = element.format === 'plain' || element.format === 'select'
    // A fact that is told apart in one place and counted in another is a figure.
    if (!isWord) values[element.name] = 7
    else values[element.name] ??= 'x1'
  }
  return values
}
