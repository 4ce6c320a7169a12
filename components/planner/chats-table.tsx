'use client'

import { useLocale, useTranslations } from 'next-intl'
import { PlainTable } from '@/components/ui/figure-table'
import type { ChatsAtOnce } from '@/lib/planner/build-plan'
import { TableBox } from './table-box'

export function ChatsTable({ chatsAtOnce }: { chatsAtOnce: readonly ChatsAtOnce[] }) {
  const t = useTranslations('plan')
  const format = new Intl.NumberFormat(useLocale())
  return (
    <div className="min-w-0 print:break-inside-avoid">
      <h2 className="mb-2 text-[0.8125rem] font-medium">{t('chatsTitle')}</h2>
      <TableBox label={t('chatsTitle')}>
        <PlainTable
          caption={t('chatsTitle')}
          columns={[
            { name: 'length', label: t('chatsColumns.length'), isNumeric: true },
            { name: 'chats', label: t('chatsColumns.chats'), isNumeric: true },
          ]}
          rows={chatsAtOnce.map(({ contextTokens, chats, isAllowed }) => ({
            key: String(contextTokens),
            cells: [
              t('tokens', { value: format.format(contextTokens) }),
              <span key="chats" data-chats={contextTokens}>
                {format.format(chats)}
                {isAllowed ? null : (
                  <span className="block whitespace-normal text-muted-foreground">
                    {t('chatsTooLong')}
                  </span>
                )}
              </span>,
            ],
          }))}
        />
      </TableBox>
      <p className="mt-2 text-xs leading-5 text-muted-foreground">{t('chatsText')}</p>
    </div>
  )
}
