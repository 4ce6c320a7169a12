'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { createSearchThreads } from '@/lib/client/search-api'
import { createSearchStore, type SearchStore } from '@/lib/client/search-store'
import type { SearchHit } from '@/lib/domain/search-page'
import { HitRow } from './hit-row'

/** Finds words in all chats and opens them where they stand. */
export function SearchPalette({
  onClose,
  store: given,
}: {
  onClose: () => void
  store?: SearchStore
}) {
  const t = useTranslations('threads.find')
  const [store] = useState(() => given ?? createSearchStore({ search: createSearchThreads() }))
  const router = useRouter()
  useEffect(() => store.actions.stop, [store])
  const open = ({ threadId, messageId }: SearchHit) => {
    onClose()
    router.push(`/chat/${threadId}${messageId === undefined ? '' : `?message=${messageId}`}`)
  }
  return (
    <Dialog title={t('title')} closeLabel={t('close')} onClose={onClose}>
      <Finder store={store} onOpen={open} />
    </Dialog>
  )
}

function Finder({ store, onOpen }: { store: SearchStore; onOpen: (hit: SearchHit) => void }) {
  const t = useTranslations('threads.find')
  const query = useStore(store, (state) => state.query)
  const hits = useStore(store, (state) => state.hits)
  const [chosen, setChosen] = useState(0)
  const listId = useId()
  const at = Math.min(chosen, hits.length - 1)
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const hit = hits[at]
    if (event.key === 'Enter' && hit !== undefined) {
      event.preventDefault()
      onOpen(hit)
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    setChosen(Math.max(0, Math.min(hits.length - 1, at + step)))
    if (at + step >= hits.length - 2) void store.actions.loadMore()
  }
  return (
    <div className="flex min-h-0 flex-col">
      <input
        // biome-ignore lint/a11y/noAutofocus: the palette was opened to type into it
        autoFocus
        type="search"
        role="combobox"
        aria-label={t('label')}
        aria-expanded={hits.length > 0}
        aria-controls={listId}
        aria-activedescendant={at < 0 ? undefined : `${listId}-${at}`}
        aria-autocomplete="list"
        autoComplete="off"
        placeholder={t('placeholder')}
        value={query}
        onChange={({ target }) => {
          setChosen(0)
          store.actions.setQuery(target.value)
        }}
        onKeyDown={onKeyDown}
        className="mx-2 mt-2 h-11 shrink-0 rounded-lg bg-transparent px-3 outline-none placeholder:text-muted-foreground focus-visible:outline-none"
      />
      <div className="h-[min(28rem,60dvh)] overflow-y-auto overscroll-contain border-t border-border p-2">
        <div ref={list} id={listId} role="listbox" aria-label={t('hits')}>
          {hits.map((hit, index) => (
            <HitRow
              key={`${hit.threadId} ${hit.messageId}`}
              id={`${listId}-${index}`}
              hit={hit}
              isChosen={index === at}
              onChoose={() => onOpen(hit)}
            />
          ))}
        </div>
        <Outcome store={store} />
      </div>
    </div>
  )
}

/** What stands below the hits, and in their place where there are none. */
function Outcome({ store }: { store: SearchStore }) {
  const t = useTranslations()
  const { query, answered, hits, next, isSearching, error } = useStore(store)
  if (error !== undefined) {
    return (
      <div role="alert" className="space-y-2 px-3 py-2 text-sm">
        <p>{t('threads.find.failed')}</p>
        <Button size="small" onClick={() => void store.actions.retry()}>
          {t('chat.retry')}
        </Button>
      </div>
    )
  }
  if (next !== undefined) {
    return (
      <Button
        size="small"
        className="mx-auto my-2 flex"
        disabled={isSearching}
        onClick={() => void store.actions.loadMore()}
      >
        {t('threads.find.more')}
      </Button>
    )
  }
  const toWords = () => {
    if (query.trim() === '') return t('threads.find.hint')
    if (answered === undefined || isSearching) return t('threads.find.searching')
    return hits.length === 0
      ? t('threads.find.nothing')
      : t('threads.find.count', { count: hits.length })
  }
  return (
    <p role="status" className="px-3 py-2 text-sm text-muted-foreground">
      {toWords()}
    </p>
  )
}
