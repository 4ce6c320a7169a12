import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { ChatScreen } from '@/components/screens/chat-screen'
import { getServices } from '@/lib/server/services'

type ThreadPageProps = {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

const loadThread = cache(async (threadId: string, messageId: string | undefined) => {
  const services = await getServices()
  return messageId === undefined
    ? services.loadThread(threadId)
    : services.loadThreadThrough({ threadId, messageId })
})

export async function generateMetadata(props: ThreadPageProps): Promise<Metadata> {
  const { threadId, replyId } = await readAddress(props)
  const loaded = await loadThread(threadId, replyId)
  const name = (await getTranslations('app'))('name')
  return { title: loaded === undefined ? name : `${loaded.thread.title} · ${name}` }
}

/** `?reply=` names an answer that the shown branch goes through; without it, that is the newest one. */
export default async function ThreadPage(props: ThreadPageProps) {
  const { threadId, replyId } = await readAddress(props)
  const loaded = await loadThread(threadId, replyId)
  if (loaded === undefined) notFound()
  const { thread, messages, siblings } = loaded
  const isThere = messages.some(({ id }) => id === replyId)
  return (
    <ChatScreen
      thread={{
        ...{ id: thread.id, messages, siblings, sampling: thread.sampling },
        chosenId: isThere ? replyId : undefined,
      }}
    />
  )
}

async function readAddress({ params, searchParams }: ThreadPageProps) {
  const { reply } = await searchParams
  return { threadId: (await params).id, replyId: [reply].flat()[0] }
}
