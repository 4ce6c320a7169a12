import Link from 'next/link'
import type { ReactNode } from 'react'
import { cn } from '@/lib/utils'
import { buttonClasses } from './button'

/** The head of an instrument's page: what it is, the way back to the start, and what else can be done with it. */
export function PageTitle({
  title,
  text,
  back,
  className,
  children,
}: {
  title: string
  text: string
  back: string
  className: string
  children?: ReactNode
}) {
  return (
    <div className={cn('flex flex-wrap items-end justify-between gap-x-6 gap-y-2', className)}>
      <div>
        <h1 className="text-lg font-semibold">{title}</h1>
        <p className="text-[0.8125rem] leading-6 text-muted-foreground">{text}</p>
      </div>
      <div className="flex items-center gap-2 print:hidden">
        <Link
          href="/"
          className={cn(buttonClasses({ variant: 'ghost', size: 'small' }), '-ml-2.5 sm:ml-0')}
        >
          {back}
        </Link>
        {children}
      </div>
    </div>
  )
}
