'use client'

import { memo } from 'react'
import ReactMarkdown, { type Options } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { markdownComponents } from './markdown-components'
import { splitBlocks } from './split-blocks'

const remarkPlugins: Options['remarkPlugins'] = [[remarkGfm, { singleTilde: false }]]

/** The addresses are judged where they are used; nothing is dropped before it can be shown as text. */
const keepUrl = (url: string) => url

/** Loaded on first need. A growing text is parsed in its last block only. */
export function Markdown({ text, idPrefix }: { text: string; idPrefix: string }) {
  return splitBlocks(text).map((block, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever added at the end
    <MarkdownBlock key={index} text={block} idPrefix={idPrefix} />
  ))
}

const MarkdownBlock = memo(function MarkdownBlock({
  text,
  idPrefix,
}: {
  text: string
  idPrefix: string
}) {
  return (
    <ReactMarkdown
      remarkPlugins={remarkPlugins}
      remarkRehypeOptions={{ clobberPrefix: `${idPrefix}-` }}
      components={markdownComponents}
      urlTransform={keepUrl}
    >
      {text}
    </ReactMarkdown>
  )
})
