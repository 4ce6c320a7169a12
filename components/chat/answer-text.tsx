'use client'

import { lazy, Suspense } from 'react'

const loadMarkdown = () => import('./markdown')

const Markdown = lazy(async () => ({ default: (await loadMarkdown()).Markdown }))

/** Begins to load the renderer while the engine is still at work. */
export function preloadMarkdown(): void {
  void loadMarkdown()
}

/** The text is readable as it is until the renderer has come. */
export function AnswerText({ text, idPrefix }: { text: string; idPrefix: string }) {
  return (
    <div className="answer-text leading-7 [overflow-wrap:anywhere] [&_blockquote]:border-l-2 [&_blockquote]:border-border [&_blockquote]:pl-4 [&_blockquote]:text-muted-foreground [&_hr]:my-6 [&_li>ol]:mt-1 [&_li>p+*]:mt-3 [&_li>ul]:mt-1 [&_li]:my-1 [&_ol]:list-decimal [&_ol]:pl-6 [&_ul.contains-task-list]:list-none [&_ul.contains-task-list]:pl-0 [&_ul]:list-disc [&_ul]:pl-6 [&>*+*]:mt-4 [&_:not(pre)>code]:rounded [&_:not(pre)>code]:bg-muted [&_:not(pre)>code]:px-1 [&_:not(pre)>code]:py-0.5 [&_:not(pre)>code]:font-mono [&_:not(pre)>code]:text-[0.875em]">
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <Markdown text={text} idPrefix={idPrefix} />
      </Suspense>
    </div>
  )
}
