'use client'

import { useTranslations } from 'next-intl'
import { Dialog, DialogBody } from '@/components/ui/dialog'
import { Key } from '@/components/ui/key'

const ROWS = [
  ['send', ['Enter']],
  ['newLine', ['Shift', 'Enter']],
  ['stop', ['Esc']],
  ['focusInput', ['Shift', 'Esc']],
  ['newChat', ['Command', 'Shift', 'O']],
  ['search', ['Command', 'K']],
  ['sidebar', ['Command', 'B']],
  ['copyAnswer', ['Command', 'Shift', 'C']],
  ['copyCode', ['Command', 'Shift', ';']],
  ['help', ['Command', '/']],
  ['helpAlone', ['?']],
] as const

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations('shortcuts')
  const command = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl'
  return (
    <Dialog
      title={t('title')}
      closeLabel={t('close')}
      onClose={onClose}
      className="w-[min(28rem,calc(100vw-1.5rem))]"
    >
      <DialogBody label={t('title')}>
        <dl className="grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-2.5 text-sm">
          {ROWS.map(([name, keys]) => (
            <div key={name} className="col-span-2 grid grid-cols-subgrid items-center">
              <dt>{t(`rows.${name}`)}</dt>
              <dd className="flex justify-end gap-1">
                {keys.map((key) => (
                  <Key key={key}>{key === 'Command' ? command : key}</Key>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </DialogBody>
    </Dialog>
  )
}
