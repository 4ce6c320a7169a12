'use client'

import {
  ActivityIcon,
  CalculatorIcon,
  GaugeIcon,
  LayoutGridIcon,
  ListChecksIcon,
} from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { buttonClasses } from '@/components/ui/button'
import { Popover } from '@/components/ui/popover'

const INSTRUMENTS = [
  { name: 'debug', href: '/debug', Icon: ActivityIcon },
  { name: 'batch', href: '/batch', Icon: ListChecksIcon },
  { name: 'plan', href: '/plan', Icon: CalculatorIcon },
  { name: 'tips', href: '/tips', Icon: GaugeIcon },
] as const

/** Words where there is room for them, a menu where there is not. */
export function InstrumentLinks() {
  const t = useTranslations('header')
  const path = usePathname()
  return (
    <>
      <nav aria-label={t('instruments')} className="hidden items-center @4xl:flex">
        {INSTRUMENTS.map(({ name, href }) => (
          <Link
            key={name}
            href={href}
            aria-current={path === href ? 'page' : undefined}
            className="rounded-lg px-2.5 py-1.5 text-[0.8125rem] text-muted-foreground hover:bg-muted hover:text-foreground aria-[current]:font-medium aria-[current]:text-foreground"
          >
            {t(name)}
          </Link>
        ))}
      </nav>
      <div className="@4xl:hidden">
        <Popover
          label={t('instruments')}
          triggerLabel={t('instruments')}
          triggerClassName={buttonClasses({ variant: 'ghost', size: 'icon' })}
          trigger={<LayoutGridIcon aria-hidden="true" className="size-4.5" />}
          className="w-56 p-1.5"
        >
          <nav aria-label={t('instruments')}>
            {INSTRUMENTS.map(({ name, href, Icon }) => (
              <Link
                key={name}
                href={href}
                aria-current={path === href ? 'page' : undefined}
                className="flex items-center gap-3 rounded-lg px-3 py-2.5 hover:bg-muted aria-[current]:font-medium"
              >
                <Icon aria-hidden="true" className="size-4 text-muted-foreground" />
                {t(name)}
              </Link>
            ))}
          </nav>
        </Popover>
      </div>
    </>
  )
}
