import type { ExportedFile } from '@/lib/client/export-api'

/** Hands a file to the browser's own downloads. */
export function saveFile({ name, content }: ExportedFile): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has its own hold on it by then.
  setTimeout(() => URL.revokeObjectURL(url))
}
