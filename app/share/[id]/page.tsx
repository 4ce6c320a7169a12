import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { ShareScreen } from '@/components/screens/share-screen'
import { getServices } from '@/lib/server/services'

type SharePageProps = { params: Promise<{ id: string }> }

const loadShare = cache(async (shareId: string) => {
  const { threads } = await getServices()
  return threads.loadShare(shareId)
})

/** In no index, whatever the rest of the site says. */
export async function generateMetadata({ params }: SharePageProps): Promise<Metadata> {
  const shared = await loadShare((await params).id)
  const name = (await getTranslations('app'))('name')
  const title = shared === undefined ? name : `${shared.title} · ${name}`
  return { title, robots: { index: false, follow: false } }
}

export default async function SharePage({ params }: SharePageProps) {
  const shared = await loadShare((await params).id)
  if (shared === undefined) notFound()
  return <ShareScreen {...shared} />
}
