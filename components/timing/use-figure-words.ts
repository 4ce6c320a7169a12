'use client'

import { useLocale, useTranslations } from 'next-intl'
import { formatCount } from '@/lib/timing/format-count'
import { formatDuration } from '@/lib/timing/format-duration'
import { formatRate } from '@/lib/timing/format-rate'
import type { Figure } from './to-figures'

export type FigureWords = {
  text: string
  /** What it means, or why there is no figure. */
  definition: string
  /** For a reader of sound, where the text alone does not name the figure. */
  spoken?: string
}

/** A figure as it stands on the line, in the words and numbers of the locale. */
export function useFigureWords(): (figure: Figure) => FigureWords {
  const t = useTranslations('timing')
  const locale = useLocale()
  const duration = (ms: number) => formatDuration({ ms, locale })
  const count = (value: number | undefined) =>
    value === undefined ? t('missing') : formatCount({ count: value, locale })

  return (figure) => {
    switch (figure.name) {
      case 'ttft':
        return {
          text: t('ttft', { value: figure.ms === undefined ? t('missing') : duration(figure.ms) }),
          definition: [
            t('ttftDefinition'),
            figure.ms === undefined ? t('notReached') : undefined,
            figure.isUnexplained ? t('partsMissing') : undefined,
            figure.browserTtftMs === undefined
              ? undefined
              : t('browser', { value: duration(figure.browserTtftMs) }),
          ]
            .filter((sentence) => sentence !== undefined)
            .join(' '),
        }
      case 'queue':
        return {
          text:
            figure.behind === undefined
              ? t('queued', { value: duration(figure.ms) })
              : t('queuedBehind', { value: duration(figure.ms), count: figure.behind }),
          definition: t('queuedDefinition'),
        }
      case 'behind':
        return {
          text: t('behind', { count: figure.behind }),
          definition: figure.isUnexplained
            ? `${t('behindDefinition')} ${t('queueMissing')}`
            : t('behindDefinition'),
        }
      case 'beside':
        return { text: t('beside', { count: figure.others }), definition: t('besideDefinition') }
      case 'prefill':
        return {
          text: t('prefill', { value: duration(figure.ms) }),
          definition: t('prefillDefinition'),
        }
      case 'rate':
        return figure.tokensPerSecond === undefined
          ? { text: t('rate', { value: t('missing') }), definition: t('rateMissing') }
          : {
              text: t('rate', {
                value: formatRate({ tokensPerSecond: figure.tokensPerSecond, locale }),
              }),
              definition: t('rateDefinition'),
            }
      case 'cached':
        return {
          text: t('cached', { cached: count(figure.cached), prompt: count(figure.prompt) }),
          definition: t(cachedKey(figure.cached)),
        }
      case 'e2el':
        return {
          text: t('e2el', { value: duration(figure.ms) }),
          spoken: t('e2elLabel', { value: duration(figure.ms) }),
          definition: t('e2elDefinition'),
        }
    }
  }
}

function cachedKey(cached: number | undefined) {
  if (cached === undefined) return 'cachedMissing'
  return cached === 0 ? 'cachedNone' : 'cachedDefinition'
}
