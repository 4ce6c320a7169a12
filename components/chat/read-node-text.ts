import type { ExtraProps } from 'react-markdown'

type ElementNode = NonNullable<ExtraProps['node']>

/** The words of a part of an answer, without what marks them up. */
export function readNodeText(node: ElementNode | ElementNode['children'][number]): string {
  if (node.type === 'text') return node.value
  if (node.type !== 'element') return ''
  return node.tagName === 'br' ? '\n' : node.children.map(readNodeText).join('')
}
