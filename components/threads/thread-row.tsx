'use client'

import { Archive, Ellipsis, Pencil, Pin, PinOff, Share2, Trash2, Upload } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { memo, type ReactNode, useEffect, useRef, useState } from 'react'
import { Menu, type MenuItem } from '@/components/ui/menu'
import type { ThreadListActions } from '@/lib/client/thread-list-store'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import { ThreadLink } from './thread-link'

export type ThreadRowActions = Pick<
  ThreadListActions,
  'rename' | 'setPinned' | 'setArchived' | 'remove'
> & {
  onShare: (thread: ThreadSummary) => void
  onExport: (thread: ThreadSummary) => void
}

const ICON = 'size-4 text-muted-foreground'

/** A thread and what can be done with it. */
export const ThreadRow = memo(function ThreadRow({
  thread,
  actions,
}: {
  thread: ThreadSummary
  actions: ThreadRowActions
}) {
  const t = useTranslations('threads')
  const [isRenaming, setRenaming] = useState(false)
  const items = useItems({ thread, actions, onRename: () => setRenaming(true) })
  if (isRenaming) {
    return (
      <li>
        <RenameField
          title={thread.title}
          onEnd={(title) => {
            setRenaming(false)
            if (title !== undefined) void actions.rename({ id: thread.id, title })
          }}
        />
      </li>
    )
  }
  return (
    <li className="group/row relative [&>a]:pr-9" data-thread={thread.id}>
      <ThreadLink id={thread.id} title={thread.title} isRunning={thread.isRunning} />
      <Menu
        label={t('menu', { title: thread.title })}
        items={items}
        trigger={<Ellipsis aria-hidden="true" className="size-4" />}
        triggerClassName="absolute top-1 right-1 flex size-7 items-center justify-center rounded-md text-muted-foreground hover:bg-border hover:text-foreground focus-visible:opacity-100 aria-expanded:opacity-100 group-hover/row:opacity-100 [@media(hover:hover)]:opacity-0"
      />
    </li>
  )
})

function useItems({
  thread,
  actions,
  onRename,
}: {
  thread: ThreadSummary
  actions: ThreadRowActions
  onRename: () => void
}): MenuItem[] {
  const t = useTranslations('threads.actions')
  const { id, isPinned } = thread
  const item = (name: string, icon: ReactNode, onChoose: () => void) => ({ name, icon, onChoose })
  return [
    { ...item('rename', <Pencil className={ICON} />, onRename), label: t('rename') },
    {
      ...item(
        'pin',
        isPinned ? <PinOff className={ICON} /> : <Pin className={ICON} />,
        () => void actions.setPinned({ id, isPinned: !isPinned }),
      ),
      label: isPinned ? t('unpin') : t('pin'),
    },
    {
      ...item('share', <Share2 className={ICON} />, () => actions.onShare(thread)),
      label: t('share'),
    },
    {
      ...item('export', <Upload className={ICON} />, () => actions.onExport(thread)),
      label: t('export'),
    },
    {
      ...item(
        'archive',
        <Archive className={ICON} />,
        () => void actions.setArchived({ id, isArchived: true }),
      ),
      label: t('archive'),
      isApart: true,
    },
    {
      ...item('delete', <Trash2 className="size-4" />, () => void actions.remove(id)),
      label: t('delete'),
      isDanger: true,
    },
  ]
}

/** In the place of the name: Enter or leaving it keeps the new one, Escape the old one. */
function RenameField({
  title,
  onEnd,
}: {
  title: string
  onEnd: (title: string | undefined) => void
}) {
  const t = useTranslations('threads')
  const input = useRef<HTMLInputElement>(null)
  const hasEnded = useRef(false)
  useEffect(() => input.current?.select(), [])
  const end = (value: string | undefined) => {
    if (hasEnded.current) return
    hasEnded.current = true
    onEnd(value?.trim())
  }
  return (
    <input
      ref={input}
      defaultValue={title}
      maxLength={200}
      aria-label={t('newName')}
      className="h-9 w-full rounded-lg border border-border-strong bg-background px-2.5 text-sm"
      onBlur={({ currentTarget }) => end(currentTarget.value)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter') end(event.currentTarget.value)
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        end(undefined)
      }}
    />
  )
}
