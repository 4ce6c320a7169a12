'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { Components, ExtraProps } from 'react-markdown'
import { cn } from '@/lib/utils'
import { CodeBlock } from './code-block'
import { DataTable } from './data-table'
import { Maths } from './maths'
import { readNodeText } from './read-node-text'
import { toSafeHref } from './to-safe-href'

/** What a model's Markdown becomes. Nothing in it fetches, runs or leads anywhere by itself. */
export const markdownComponents: Components = {
  a: ({ href, children }) => <OutsideLink href={href}>{children}</OutsideLink>,
  img: ({ src, alt }) => <ImageLink src={src} alt={alt} />,
  table: ({ node, children }) => <DataTable node={node}>{children}</DataTable>,
  // A corner without words heads nothing.
  th: ({ node, children, style }) =>
    children === undefined ? (
      <td />
    ) : (
      <th style={style} className={toCellWidth(node)}>
        {children}
      </th>
    ),
  td: ({ node, children, style }) => (
    <td style={style} className={toCellWidth(node)}>
      {children}
    </td>
  ),
  pre: ({ node }) => {
    const { code, language } = readCode(node)
    return language === 'math' ? (
      <Maths tex={code} isDisplay />
    ) : (
      <CodeBlock code={code} language={language} />
    )
  },
  code: ({ className, children }) => {
    if (typeof children === 'string' && className?.includes('math-inline')) {
      return <Maths tex={children} isDisplay={false} />
    }
    return <code>{children}</code>
  },
  // The page owns the first two levels of headings; a model begins with any, and none may be skipped.
  h1: (props) => <Heading {...props} look="text-xl" />,
  h2: (props) => <Heading {...props} look="text-lg" />,
  h3: Heading,
  h4: (props) => <Heading {...props} tag="h4" />,
  h5: (props) => <Heading {...props} tag="h4" />,
  h6: (props) => <Heading {...props} tag="h4" />,
}

/** Nothing while its words have not come yet: a heading without any is read out as one all the same. */
function Heading({
  tag: Tag = 'h3',
  look,
  className,
  children,
}: {
  tag?: 'h3' | 'h4'
  look?: string
  className?: string | undefined
  children?: ReactNode
}) {
  if (children === undefined) return null
  return <Tag className={cn('font-semibold', look, className)}>{children}</Tag>
}

function OutsideLink({ href, children }: { href: unknown; children: ReactNode }) {
  const safeHref = toSafeHref(href)
  if (safeHref === undefined) return <span>{children}</span>
  return (
    <a
      href={safeHref}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="text-accent underline underline-offset-3"
    >
      {children}
    </a>
  )
}

function ImageLink({ src, alt }: { src: unknown; alt: string | undefined }) {
  const t = useTranslations('chat')
  return <OutsideLink href={src}>{t('imageLink', { text: alt || t('imageUnnamed') })}</OutsideLink>
}

type MarkdownNode = ExtraProps['node']

/** What is short stays on one line; what is long may break, but not at every word. */
function toCellWidth(cell: MarkdownNode): string {
  const text = cell === undefined ? '' : readNodeText(cell)
  const width = text.replace(WIDE, '__').length
  return width <= SHORT_CELL ? 'whitespace-nowrap' : 'min-w-40'
}

/** In letters of the Latin alphabet. */
const SHORT_CELL = 20
const WIDE = /[\u2e80-\uffef]/g

function readCode(pre: MarkdownNode): { code: string; language: string | undefined } {
  const code = pre?.children.find((child) => child.type === 'element')
  const text = code?.children.map((child) => (child.type === 'text' ? child.value : '')).join('')
  const names = code?.properties.className
  const name = Array.isArray(names)
    ? names.find((each) => String(each).startsWith('language-'))
    : undefined
  return {
    code: (text ?? '').replace(/\n$/, ''),
    language: name === undefined ? undefined : String(name).slice('language-'.length),
  }
}
