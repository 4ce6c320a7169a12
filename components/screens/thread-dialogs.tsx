'use client'

import { LazyPart } from '@/components/providers/lazy-part'
import type { ThreadDialog } from '@/components/threads/panel-foot'

const loadSearch = async () => (await import('@/components/threads/search-palette')).SearchPalette
const loadArchived = async () =>
  (await import('@/components/threads/archived-dialog')).ArchivedDialog
const loadImport = async () => (await import('@/components/threads/import-dialog')).ImportDialog
const loadExport = async () => (await import('@/components/threads/export-dialog')).ExportDialog
const loadShare = async () => (await import('@/components/threads/share-dialog')).ShareDialog

/** Each is loaded when it is first asked for. */
export function ThreadDialogs({
  shown,
  onClose,
}: {
  shown: ThreadDialog | undefined
  onClose: () => void
}) {
  switch (shown?.name) {
    case 'search':
      return <LazyPart load={loadSearch} props={{ onClose }} onFail={onClose} />
    case 'archived':
      return <LazyPart load={loadArchived} props={{ onClose }} onFail={onClose} />
    case 'import':
      return <LazyPart load={loadImport} props={{ onClose }} onFail={onClose} />
    case 'export':
      return (
        <LazyPart load={loadExport} props={{ thread: shown.thread, onClose }} onFail={onClose} />
      )
    case 'share':
      return (
        <LazyPart load={loadShare} props={{ thread: shown.thread, onClose }} onFail={onClose} />
      )
    default:
      return null
  }
}
