'use client'

import { AnswerText } from '@/components/chat/answer-text'
import { LazyPart } from '@/components/providers/lazy-part'
import type { ThreadStore } from '@/lib/client/create-thread-store'

export type ShownDialog = 'readme' | 'shortcuts' | 'sampling' | undefined

const loadReadme = async () => (await import('@/components/readme/readme-dialog')).ReadmeDialog
const loadShortcuts = async () =>
  (await import('@/components/chat/shortcuts-dialog')).ShortcutsDialog

const loadSampling = async () => (await import('@/components/chat/sampling-dialog')).SamplingDialog

const renderText = (text: string) => <AnswerText text={text} idPrefix="readme" />

/** Each is loaded when it is first asked for. */
export function Dialogs({
  shown,
  store,
  onClose,
}: {
  shown: ShownDialog
  store: ThreadStore
  onClose: () => void
}) {
  if (shown === 'readme') {
    return <LazyPart load={loadReadme} props={{ renderText, onClose }} onFail={onClose} />
  }
  if (shown === 'shortcuts') {
    return <LazyPart load={loadShortcuts} props={{ onClose }} onFail={onClose} />
  }
  if (shown === 'sampling') {
    return <LazyPart load={loadSampling} props={{ store, onClose }} onFail={onClose} />
  }
  return null
}
