import { ChatScreen } from '@/components/screens/chat-screen'

const MAX_PREFILL = 1_000

type StartPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** `?prompt=` or `?q=` stands in the message box; it is not sent by itself. */
export default async function StartPage({ searchParams }: StartPageProps) {
  const { prompt, q } = await searchParams
  const [prefill] = [prompt ?? q ?? ''].flat()
  return <ChatScreen prefill={prefill?.slice(0, MAX_PREFILL)} />
}
