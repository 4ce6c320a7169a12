import type { ReactNode } from 'react'

/** A flag, a setting or a command within a sentence. */
function Code({ children }: { children?: ReactNode }) {
  return (
    <code className="rounded border border-border bg-muted px-1 py-px font-mono text-[0.92em] [overflow-wrap:anywhere] select-all">
      {children}
    </code>
  )
}

/** For `t.rich`: the tags that messages may hold. */
export const richTags = { code: (chunks: ReactNode) => <Code>{chunks}</Code> }
