import type { FiledMessage } from '@/lib/domain/thread-file'

/** A message of another program's tree, which may hold what has no place in ours. */
export type ForeignNode = {
  id: string
  parentId: string | null
  /** Undefined: nothing that is shown, such as a system prompt or a tool's answer. */
  role: 'user' | 'assistant' | undefined
  text: string
  reasoning?: string | undefined
  model?: string | undefined
  createdAtMs: number
}

type Shown = ForeignNode & { role: 'user' | 'assistant'; children: Shown[] }

/**
 * Their tree as one of ours, in which questions and answers take turns: what is not shown is passed
 * over, messages of one side that follow each other become one, and the branch that was shown there is
 * the last. `untitled` stands for a question where a conversation begins with an answer.
 */
export function toFiledMessages(options: {
  nodes: readonly ForeignNode[]
  /** The last message of the shown branch. */
  currentId: string | undefined
  untitled: string
  createId: () => string
}): FiledMessage[] {
  const { nodes, currentId, untitled, createId } = options
  const current = pathTo(nodes, currentId)
  const messages: FiledMessage[] = []
  const add = (node: ForeignNode, parent: FiledMessage | undefined): FiledMessage => {
    const { text, createdAtMs, model, reasoning = '' } = node
    const shared = { id: createId(), text, createdAtMs }
    const message: FiledMessage =
      node.role === 'assistant'
        ? {
            ...shared,
            role: 'assistant',
            parentId: parent?.id ?? '',
            reasoning,
            status: 'complete',
            ...(model === undefined ? {} : { model }),
          }
        : { ...shared, role: 'user', parentId: parent?.id ?? null }
    messages.push(message)
    return message
  }
  const isCurrent = ({ id }: Shown) => current.has(id)
  // The last one on the stack comes next.
  const stack = toStackOrder(toShownRoots(nodes), isCurrent).map((node) => ({
    node,
    parent: undefined as FiledMessage | undefined,
  }))
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, parent } = next
    const joined = splitByRole(node)
    if (joined !== undefined) {
      const isShown = (each: Shown) =>
        isCurrent(each) && (each.id !== node.id || each.children.some(isCurrent))
      for (const each of toStackOrder(joined, isShown)) stack.push({ node: each, parent })
      continue
    }
    const isFirstAnswer = node.role === 'assistant' && parent === undefined
    const question = isFirstAnswer
      ? add({ ...node, role: 'user', text: untitled }, undefined)
      : parent
    const message = add(node, question)
    for (const child of toStackOrder(node.children, isCurrent)) {
      stack.push({ node: child, parent: message })
    }
  }
  return messages
}

/** What comes of a message that is followed by one of its own side; undefined where none is. */
function splitByRole(node: Shown): Shown[] | undefined {
  const same = node.children.filter(({ role }) => role === node.role)
  if (same.length === 0) return undefined
  const children = node.children.filter(({ role }) => role !== node.role)
  const joined = same.map((child) => join(node, child))
  return children.length === 0 ? joined : [...joined, { ...node, children }]
}

/** Reversed, with the shown one at the bottom: it is the last of its siblings. */
function toStackOrder(nodes: readonly Shown[], isCurrent: (node: Shown) => boolean): Shown[] {
  return [...nodes.filter(isCurrent), ...nodes.filter((node) => !isCurrent(node)).reverse()]
}

function join(node: Shown, child: Shown): Shown {
  const text = [node.text, child.text].filter((part) => part !== '').join('\n\n')
  return { ...child, text, createdAtMs: node.createdAtMs, model: child.model ?? node.model }
}

function pathTo(nodes: readonly ForeignNode[], id: string | undefined): Set<string> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const path = new Set<string>()
  for (let at = byId.get(id ?? ''); at !== undefined && !path.has(at.id); ) {
    path.add(at.id)
    at = byId.get(at.parentId ?? '')
  }
  return path
}

/** Each message under the next one above it that is shown. */
function toShownRoots(nodes: readonly ForeignNode[]): Shown[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const shown = new Map<string, Shown>()
  for (const node of nodes) {
    const { role } = node
    if (role !== undefined) shown.set(node.id, { ...node, role, children: [] })
  }
  const roots: Shown[] = []
  for (const node of shown.values()) {
    const seen = new Set<string>()
    let parent = byId.get(node.parentId ?? '')
    while (parent !== undefined && parent.role === undefined && !seen.has(parent.id)) {
      seen.add(parent.id)
      parent = byId.get(parent.parentId ?? '')
    }
    const above = parent === undefined ? undefined : shown.get(parent.id)
    if (above === undefined) roots.push(node)
    else above.children.push(node)
  }
  return roots
}
