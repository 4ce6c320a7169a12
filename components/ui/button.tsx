import type { ComponentProps } from 'react'
import { cn } from '@/lib/utils'

const VARIANTS = {
  primary: 'bg-accent text-accent-foreground hover:brightness-95 dark:hover:brightness-110',
  outline: 'border border-border bg-background text-foreground hover:bg-muted',
  ghost: 'text-muted-foreground hover:bg-muted hover:text-foreground',
} as const

const SIZES = {
  medium: 'h-9 px-3.5 text-sm',
  small: 'h-8 px-2.5 text-xs',
  icon: 'size-9',
  smallIcon: 'size-8',
} as const

const SHAPES = { rounded: 'rounded-lg', round: 'rounded-full' } as const

export type ButtonLook = {
  variant?: keyof typeof VARIANTS | undefined
  size?: keyof typeof SIZES | undefined
  shape?: keyof typeof SHAPES | undefined
}

export type ButtonProps = ComponentProps<'button'> & ButtonLook

/** The classes alone, for a link that looks like a button. */
export function buttonClasses({
  variant = 'outline',
  size = 'medium',
  shape = 'rounded',
}: ButtonLook = {}): string {
  return cn(
    'inline-flex shrink-0 items-center justify-center gap-2 font-medium whitespace-nowrap transition-colors',
    'disabled:cursor-not-allowed disabled:opacity-50',
    VARIANTS[variant],
    SIZES[size],
    SHAPES[shape],
  )
}

export function Button({
  variant,
  size,
  shape,
  className,
  type = 'button',
  ...props
}: ButtonProps) {
  return (
    <button
      type={type}
      className={cn(buttonClasses({ variant, size, shape }), className)}
      {...props}
    />
  )
}
