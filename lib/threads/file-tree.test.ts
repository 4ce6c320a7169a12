import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toLastBranch } from '@/lib/domain/thread-file'
import { type ForeignNode, toFiledMessages } from './file-tree'

describe('a tree of another program', () => {
  const trees = fc
    .array(
      fc.record({
        parent: fc.nat(),
        role: fc.constantFrom('user' as const, 'assistant' as const, undefined),
      }),
      { minLength: 1, maxLength: 30 },
    )
    .map((nodes) =>
      nodes.map(
        ({ parent, role }, index): ForeignNode => ({
          id: `n${index}`,
          parentId: index === 0 || parent % (index + 2) === 0 ? null : `n${parent % index}`,
          role,
          text: `text ${index}.`,
          createdAtMs: index,
        }),
      ),
    )

  it('becomes one in which questions and answers take turns, with all of its texts, the shown one last', () => {
    fc.assert(
      fc.property(trees, fc.nat(), (nodes, which) => {
        const currentId = nodes[which % nodes.length]?.id
        let ids = 0
        const createId = () => `m${ids++}`
        const messages = toFiledMessages({ nodes, currentId, untitled: 'Untitled', createId })
        const roles = new Map<string | null, string>([[null, 'assistant']])
        for (const { id, parentId, role } of messages) {
          expect(roles.get(parentId)).toBe(role === 'user' ? 'assistant' : 'user')
          roles.set(id, role)
        }
        const all = messages.map(({ text }) => text).join('\n')
        for (const { role, text } of nodes) if (role !== undefined) expect(all).toContain(text)
        const current = nodes.find(({ id }) => id === currentId)
        if (current?.role === undefined) return
        const shown = toLastBranch(messages)
          .map(({ text }) => text)
          .join('\n')
        expect(shown).toContain(current.text)
      }),
      { numRuns: 1000 },
    )
  })
})
