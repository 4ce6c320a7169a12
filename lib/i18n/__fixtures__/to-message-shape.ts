import { type MessageElement, parseMessage } from './parse-message'

/**
 * What two translations of one message must share, one line for each part: its arguments, the
 * branches of its choices, its tags with the code in them, and under which branch each of them
 * stands. Order and number are the translator's, and so are the forms of a plural.
 */
export function toMessageShape(message: string): string[] {
  return [...new Set(linesOf({ elements: parseMessage(message), path: '' }))].sort()
}

function linesOf({ elements, path }: { elements: MessageElement[]; path: string }): string[] {
  return elements.flatMap((element) => {
    switch (element.kind) {
      case 'text':
        return []
      case 'argument':
        return element.name === '#' ? [] : [`${path}{${element.name}, ${element.format}}`]
      case 'tag':
        return [`${path}<${element.name}>`, ...codeOf({ ...element, path })]
      case 'choice':
        return [
          `${path}{${element.name}, ${element.format}}`,
          ...element.branches.flatMap(({ name, elements }) => {
            const inner =
              element.format === 'plural' ? path : `${path}${element.name} = ${name}: `
            return [
              ...(element.format === 'plural' ? [] : [inner]),
              ...linesOf({ elements, path: inner }),
            ]
          }),
        ]
    }
  })
}

function codeOf(tag: { name: string; children: MessageElement[]; path: string }): string[] {
  const { name, children, path } = tag
  const code = children.flatMap((child) => (child.kind === 'text' ? [child.text] : []))
  return [
    ...code.map((text) => `${path}<${name}> ${text.trim()}`),
    ...linesOf({ elements: children, path: `${path}<${name}> ` }),
  ]
}
