import { useTranslations } from 'next-intl'
import { groupThreads } from '@/lib/client/group-threads'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import { ThreadGroupName } from './thread-group-name'
import { ThreadLink } from './thread-link'
import { GROUP_NAME, GROUP_SPACE, NO_THREADS } from './thread-list-look'

/** The newest threads as the server writes them: links, and no script of their own. */
export function FirstThreads({
  threads,
  nowMs,
  timeZone,
}: {
  threads: ThreadSummary[]
  nowMs: number
  timeZone: string | undefined
}) {
  const t = useTranslations('threads')
  if (threads.length === 0) return <p className={NO_THREADS}>{t('none')}</p>
  return groupThreads({ threads, nowMs, timeZone }).map((group) => (
    <section key={group.name} className={GROUP_SPACE}>
      <h2 className={GROUP_NAME}>
        <ThreadGroupName group={group} timeZone={timeZone} />
      </h2>
      <ul>
        {group.threads.map(({ id, title, isRunning }) => (
          <li key={id}>
            <ThreadLink {...{ id, title, isRunning }} />
          </li>
        ))}
      </ul>
    </section>
  ))
}
