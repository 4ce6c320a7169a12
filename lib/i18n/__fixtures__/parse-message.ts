import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** The elements of a message, as much of them as the tests read. */
export type MessageElement =
  | { kind: 'text'; text: string }
  | { kind: 'argument'; name: string; format: 'plain' | 'number' | 'other' }
  | { kind: 'choice'; name: string; format: 'select' | 'plural'; branches: Branches }
  | { kind: 'tag'; name: string; children: MessageElement[] }

export type Branches = { name: string; elements: MessageElement[] }[]

type RawElement = {
  type: number
  value?: string
  options?: Record<string, { value: RawElement[] }>
  children?: RawElement[]
}

type Parser = { parse: (message: string) => RawElement[] }

const parser = await loadParser()

/**
 * Reads a message with the ICU parser that next-intl formats with.
 *
 * @throws SyntaxError where the message is not valid ICU.
 */
export function parseMessage(message: string): MessageElement[] {
  return parser.parse(message).map(toElement)
}

/** Not our own dependency, so it is found from next-intl, as next-intl finds it. */
async function loadParser(): Promise<Parser> {
  const chain = ['next-intl', 'use-intl', 'intl-messageformat', '@formatjs/icu-messageformat-parser']
  const path = chain.reduce((from, name) => createRequire(from).resolve(name), import.meta.url)
  return (await import(pathToFileURL(path).href)) as Parser
}

function toElement({ type, value = '', options = {}, children = [] }: RawElement): MessageElement {
  switch (type) {
    case 0:
      return { kind: 'text', text: value }
    case 1:
      return { kind: 'argument', name: value, format: 'plain' }
    case 2:
      return { kind: 'argument', name: value, format: 'number' }
    case 5:
    case 6: {
      const branches = Object.entries(options).map(([name, branch]) => ({
        name,
        elements: branch.value.map(toElement),
      }))
      return { kind: 'choice', name: value, format: type === 5 ? 'select' : 'plural', branches }
    }
    case 7:
      return { kind: 'argument', name: '#', format: 'plain' }
    case 8:
      return { kind: 'tag', name: value, children: children.map(toElement) }
    default:
      return { kind: 'argument', name: value, format: 'other' }
  }
}
