'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { selectReply, type ThreadState } from '@/lib/client/thread-state'
import { createSentenceReader, type Spoken } from './create-sentence-reader'

const INTERVAL_MS = 1_000
/** A screen reader has taken the earlier ones. */
const KEPT = 20

type Said = Spoken & { id: number }

/** Tells a screen reader an answer as it comes, by whole sentences and never word by word. */
export function SentenceAnnouncer({
  store,
  intervalMs = INTERVAL_MS,
}: {
  store: ThreadStore
  intervalMs?: number
}) {
  const t = useTranslations('chat.announce')
  const [said, setSaid] = useState<readonly Said[]>([])
  useEffect(
    () =>
      readAnswers({
        store,
        intervalMs,
        say: (spoken) =>
          setSaid((before) => {
            const next = (before.at(-1)?.id ?? 0) + 1
            const added = spoken.map((each, index) => ({ ...each, id: next + index }))
            return [...before, ...added].slice(-KEPT)
          }),
      }),
    [store, intervalMs],
  )
  return (
    <div aria-live="polite" aria-relevant="additions" className="sr-only">
      {said.map((each) => (
        <p key={each.id}>
          {each.kind === 'text' ? each.text : t('code', { count: each.lineCount })}
        </p>
      ))}
    </div>
  )
}

function readAnswers(options: {
  store: ThreadStore
  intervalMs: number
  say: (spoken: Spoken[]) => void
}): () => void {
  const { store, intervalMs, say } = options
  let reading: { runId: string; reader: ReturnType<typeof createSentenceReader> } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const read = (isEnd: boolean) => {
    clearTimeout(timer)
    timer = undefined
    const text = reading && selectReply(store.getState(), reading.runId)?.text
    const spoken = text === undefined ? [] : (reading?.reader.read(text, isEnd) ?? [])
    if (spoken.length > 0) say(spoken)
  }
  const follow = (state: ThreadState) => {
    const runId = state.live?.runId
    if (runId !== reading?.runId) {
      read(true)
      // What was there before this page began to listen is not read again.
      const from = runId === undefined ? 0 : (selectReply(state, runId)?.text.length ?? 0)
      reading = runId === undefined ? undefined : { runId, reader: createSentenceReader({ from }) }
    } else if (runId !== undefined) timer ??= setTimeout(() => read(false), intervalMs)
  }
  follow(store.getState())
  const unsubscribe = store.subscribe(follow)
  return () => {
    unsubscribe()
    clearTimeout(timer)
  }
}
