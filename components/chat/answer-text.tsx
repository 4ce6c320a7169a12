'use client'

import { lazy, Suspense } from 'react'
import { loadPart } from '@/lib/client/load-part'
import { LiveAnswerProvider } from './live-answer'
import type { MarkdownProps } from './markdown'

const loadMarkdown = () => loadPart(() => import('./markdown'))

const Markdown = lazy(async () => ({ default: (await loadMarkdown()).Markdown }))

/** Begins to load the renderer while the engine is still at work. */
export function preloadMarkdown(): void {
  void loadMarkdown()
}

/** The text is readable as it is until the renderer has come. */
export function AnswerText({ isLive = false, ...props }: MarkdownProps) {
  return (
    <div className="answer-text leading-7 [overflow-wrap:anywhere] [&_blockquote]:border-l-2 [&_blockquote]:border-border [&_blockquote]:pl-4 [&_blockquote]:text-muted-foreground [&_hr]:my-6 [&_li>ol]:mt-1 [&_li>p+*]:mt-3 [&_li>ul]:mt-1 [&_li]:my-1 [&_ol]:list-decimal [&_ol]:pl-6 [&_ul.contains-task-list]:list-none [&_ul.contains-task-list]:pl-0 [&_ul]:list-disc [&_ul]:pl-6 [&>*+*]:mt-4 [&>ol+ol]:mt-1 [&>ul+ul]:mt-1 [&_:not(pre)>code]:rounded [&_:not(pre)>code]:bg-muted [&_:not(pre)>code]:px-1 [&_:not(pre)>code]:py-0.5 [&_:not(pre)>code]:font-mono [&_:not(pre)>code]:text-[0.875em]">
      <LiveAnswerProvider isLive={isLive}>
        <Suspense fallback={<p className="whitespace-pre-wrap">{props.text}</p>}>
          <Markdown {...props} isLive={isLive} />
        </Suspense>
      </LiveAnswerProvider>
    </div>
  )
}
