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

/** So many messages are shown first; the page asks for the rest. */
const FIRST_MESSAGES = 25

const loadThread = cache(async (threadId: string, throughId: string | undefined) => {
  const services = await getServices()
  return services.loadThreadPage({ threadId, throughId, limit: FIRST_MESSAGES })
})

export async function generateMetadata(props: ThreadPageProps): Promise<Metadata> {
  const { threadId, throughId } = await readAddress(props)
  const loaded = await loadThread(threadId, throughId)
  const name = (await getTranslations('app'))('name')
  return { title: loaded === undefined ? name : `${loaded.thread.title} · ${name}` }
}

/** `?through=` or `?message=` names a message that the shown branch goes through; without it, that is the newest one. */
export default async function ThreadPage(props: ThreadPageProps) {
  const { threadId, throughId } = await readAddress(props)
  const loaded = await loadThread(threadId, throughId)
  if (loaded === undefined) notFound()
  const { thread, messages, siblings, hasEarlier } = loaded
  const { id, title, sampling } = thread
  // Far above, it is still the one that the branch goes through.
  const isThere = hasEarlier === true || messages.some((message) => message.id === throughId)
  return (
    <ChatScreen
      thread={{
        ...{ id, title, messages, siblings, sampling },
        ...(hasEarlier === undefined ? {} : { hasEarlier }),
        chosenId: isThere ? throughId : undefined,
      }}
    />
  )
}

async function readAddress({ params, searchParams }: ThreadPageProps) {
  const { through, message } = await searchParams
  return { threadId: (await params).id, throughId: [through ?? message].flat()[0] }
}
