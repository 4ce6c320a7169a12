'use client'

import { LazyPart } from '@/components/providers/lazy-part'
import type { ThreadDialog } from '@/components/threads/panel-foot'

const loadSearch = async () => (await import('@/components/threads/search-palette')).SearchPalette
const loadArchived = async () =>
  (await import('@/components/threads/archived-dialog')).ArchivedDialog

/** Each is loaded when it is first asked for. */
export function ThreadDialogs({
  shown,
  onClose,
}: {
  shown: ThreadDialog | undefined
  onClose: () => void
}) {
  switch (shown) {
    case 'search':
      return <LazyPart load={loadSearch} props={{ onClose }} onFail={onClose} />
    case 'archived':
      return <LazyPart load={loadArchived} props={{ onClose }} onFail={onClose} />
    default:
      return null
  }
}
