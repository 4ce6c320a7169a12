'use client'

import { type ComponentProps, type ReactNode, useId } from 'react'
import { cn } from '@/lib/utils'

const BOX =
  'w-full min-w-0 rounded-lg border border-border-strong bg-background px-2.5 tabular-nums aria-invalid:border-danger'
const LINE = `${BOX} h-8 text-[0.8125rem]`

type FieldShell = { label: ReactNode; problem?: ReactNode; className?: string | undefined }

function Shell({
  id,
  label,
  problem,
  className,
  children,
}: FieldShell & { id: string; children: ReactNode }) {
  return (
    <div className={cn('min-w-0', className)}>
      <label htmlFor={id} className="mb-1 block text-xs leading-4 text-muted-foreground">
        {label}
      </label>
      {children}
      {problem === undefined ? null : (
        <p id={`${id}-problem`} className="mt-1 text-xs leading-4 text-danger">
          {problem}
        </p>
      )}
    </div>
  )
}

function toProblemProps({ id, problem }: { id: string; problem: ReactNode }) {
  return problem === undefined
    ? {}
    : { 'aria-invalid': true as const, 'aria-describedby': `${id}-problem` }
}

/** A line of text; what stands behind it while it is empty is its default. */
export function TextField({
  label,
  problem,
  className,
  onType,
  ...props
}: FieldShell & { onType: (text: string) => void } & Omit<ComponentProps<'input'>, 'onChange'>) {
  const id = useId()
  return (
    <Shell {...{ id, label, problem, className }}>
      <input
        {...props}
        {...toProblemProps({ id, problem })}
        id={id}
        type="text"
        autoComplete="off"
        spellCheck={false}
        onChange={({ currentTarget }) => onType(currentTarget.value)}
        className={cn(LINE, 'placeholder:text-muted-foreground')}
      />
    </Shell>
  )
}

export function TextArea({
  label,
  problem,
  className,
  onType,
  ...props
}: FieldShell & { onType: (text: string) => void } & Omit<ComponentProps<'textarea'>, 'onChange'>) {
  const id = useId()
  return (
    <Shell {...{ id, label, problem, className }}>
      <textarea
        {...props}
        {...toProblemProps({ id, problem })}
        id={id}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={({ currentTarget }) => onType(currentTarget.value)}
        className={cn(BOX, 'block resize-y py-2 font-mono text-xs leading-5')}
      />
    </Shell>
  )
}

export type Choice = { value: string; label: string }

/** A list to choose from, in groups where they have names. */
export function SelectField({
  label,
  problem,
  className,
  groups,
  onChoose,
  ...props
}: FieldShell & {
  groups: readonly { label?: string; choices: readonly Choice[] }[]
  onChoose: (value: string) => void
} & Omit<ComponentProps<'select'>, 'onChange' | 'children'>) {
  const id = useId()
  const options = (choices: readonly Choice[]) =>
    choices.map((choice) => (
      <option key={choice.value} value={choice.value}>
        {choice.label}
      </option>
    ))
  return (
    <Shell {...{ id, label, problem, className }}>
      <select
        {...props}
        {...toProblemProps({ id, problem })}
        id={id}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
        className={LINE}
      >
        {groups.map((group) =>
          group.label === undefined ? (
            options(group.choices)
          ) : (
            <optgroup key={group.label} label={group.label}>
              {options(group.choices)}
            </optgroup>
          ),
        )}
      </select>
    </Shell>
  )
}

export function FieldGroup({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 text-[0.8125rem] font-medium">{legend}</legend>
      <div className="grid grid-cols-2 gap-x-3 gap-y-2.5">{children}</div>
    </fieldset>
  )
}
