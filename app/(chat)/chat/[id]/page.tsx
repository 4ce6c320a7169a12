import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { ChatScreen } from '@/components/screens/chat-screen'
import { getServices } from '@/lib/server/services'

type ThreadPageProps = { params: Promise<{ id: string }> }

const loadThread = cache(async (threadId: string) => {
  const services = await getServices()
  return services.loadThread(threadId)
})

export async function generateMetadata({ params }: ThreadPageProps): Promise<Metadata> {
  const loaded = await loadThread((await params).id)
  const name = (await getTranslations('app'))('name')
  return { title: loaded === undefined ? name : `${loaded.thread.title} · ${name}` }
}

export default async function ThreadPage({ params }: ThreadPageProps) {
  const loaded = await loadThread((await params).id)
  if (loaded === undefined) notFound()
  return <ChatScreen thread={{ id: loaded.thread.id, messages: loaded.messages }} />
}
