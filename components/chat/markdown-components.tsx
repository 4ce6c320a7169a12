'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { Components, ExtraProps } from 'react-markdown'
import { cn } from '@/lib/utils'
import { CodeBlock } from './code-block'
import { toSafeHref } from './to-safe-href'

/** What a model's Markdown becomes. Nothing in it fetches, runs or leads anywhere by itself. */
export const markdownComponents: Components = {
  a: ({ href, children }) => <OutsideLink href={href}>{children}</OutsideLink>,
  img: ({ src, alt }) => <ImageLink src={src} alt={alt} />,
  table: ({ children }) => <ScrollingTable>{children}</ScrollingTable>,
  pre: ({ node }) => <CodeBlock {...readCode(node)} />,
  // The page owns the first two levels of headings.
  h1: ({ children }) => <h3 className="text-xl font-semibold">{children}</h3>,
  h2: ({ children, className }) => (
    <h4 className={cn('text-lg font-semibold', className)}>{children}</h4>
  ),
  h3: ({ children }) => <h5 className="font-semibold">{children}</h5>,
  h4: ({ children }) => <h6 className="font-semibold">{children}</h6>,
  h5: ({ children }) => <h6 className="font-semibold">{children}</h6>,
  h6: ({ children }) => <h6 className="font-semibold">{children}</h6>,
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

function ScrollingTable({ children }: { children: ReactNode }) {
  const t = useTranslations('chat')
  return (
    <section
      aria-label={t('table')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls only what it can reach
      tabIndex={0}
      className="overflow-x-auto rounded-xl border border-border"
    >
      <table className="w-full border-collapse text-left text-[0.9375rem] leading-6 [overflow-wrap:normal] [&_td]:border-t [&_td]:border-border [&_td]:px-4 [&_td]:py-2 [&_td]:align-top [&_th]:px-4 [&_th]:py-2 [&_th]:font-medium [&_th]:whitespace-nowrap [&_th]:text-muted-foreground [&_thead]:bg-muted">
        {children}
      </table>
    </section>
  )
}

type MarkdownNode = ExtraProps['node']

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
