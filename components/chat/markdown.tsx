'use client'

import { memo, useState } from 'react'
import ReactMarkdown, { type Options } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { CodeBlock } from './code-block'
import { createBlockSplitter } from './create-block-splitter'
import { markdownComponents } from './markdown-components'
import { Maths } from './maths'
import { readFence } from './read-fence'
import { hasMaths, translateMaths } from './translate-maths'
import { useMathsPlugin } from './use-maths-plugin'
import { usePacedText } from './use-paced-text'

type Plugin = NonNullable<Options['remarkPlugins']>[number]

const gfm: Plugin = [remarkGfm, { singleTilde: false }]

/** The addresses are judged where they are used; nothing is dropped before it can be shown as text. */
const keepUrl = (url: string) => url

/** Beyond these it is no prose: parsing it would hold up the page, and add nothing. */
const MAX_BLOCK_LENGTH = 65_536
const LONG_LINE = /[^\n]{8192}/

export type MarkdownProps = {
  text: string
  idPrefix: string
  /** It is being written. */
  isLive?: boolean
}

/** Loaded on first need. A growing text is parsed in its last block only. */
export function Markdown({ text, idPrefix, isLive = false }: MarkdownProps) {
  const [split] = useState(createBlockSplitter)
  // What was cut while it grew stays cut: at its end nothing is drawn anew.
  const [isCut] = useState(isLive)
  const shown = usePacedText({ text, isLive })
  const maths = useMathsPlugin(hasMaths(shown))
  // A definition of a link counts when its line is whole, and in an ended text each line is.
  const { blocks, definitions } = split(isLive ? shown : `${shown}\n`, isCut)
  return blocks.map((block, index) => (
    <MarkdownBlock
      // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever added at the end
      key={index}
      text={block}
      definitions={block.includes('[') ? definitions : ''}
      idPrefix={idPrefix}
      maths={maths !== undefined && hasMaths(block) ? maths : undefined}
    />
  ))
}

const MarkdownBlock = memo(function MarkdownBlock({
  text,
  definitions,
  idPrefix,
  maths,
}: {
  text: string
  definitions: string
  idPrefix: string
  maths: Plugin | undefined
}) {
  const fence = readFence(text)
  if (fence?.language === 'math') return <Maths tex={fence.code} isDisplay />
  if (fence !== undefined) return <CodeBlock code={fence.code} language={fence.language} />
  if (text.length > MAX_BLOCK_LENGTH || LONG_LINE.test(text)) {
    return <p className="whitespace-pre-wrap">{text}</p>
  }
  const markdown = maths === undefined ? text : translateMaths(text)
  return (
    <ReactMarkdown
      remarkPlugins={maths === undefined ? [gfm] : [gfm, maths]}
      remarkRehypeOptions={{ clobberPrefix: `${idPrefix}-` }}
      components={markdownComponents}
      urlTransform={keepUrl}
    >
      {definitions === '' ? markdown : `${definitions}\n${markdown}`}
    </ReactMarkdown>
  )
})
