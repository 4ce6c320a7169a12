'use client'

import { useEffect, useState } from 'react'
import type { Options } from 'react-markdown'
import { loadPart } from '@/lib/client/load-part'

type Plugin = NonNullable<Options['remarkPlugins']>[number]

let loaded: Plugin | undefined

async function load(): Promise<Plugin> {
  const { default: remarkMath } = await loadPart(() => import('remark-math'))
  // One dollar is money far more often than maths.
  loaded = [remarkMath, { singleDollarTextMath: false }]
  return loaded
}

/** What reads maths in Markdown, once a text needs it; undefined before. */
export function useMathsPlugin(isNeeded: boolean): Plugin | undefined {
  const [plugin, setPlugin] = useState<Plugin | undefined>(() => loaded)
  useEffect(() => {
    if (!isNeeded || plugin !== undefined) return
    let isGone = false
    void load().then((found) => {
      if (!isGone) setPlugin(() => found)
    })
    return () => {
      isGone = true
    }
  }, [isNeeded, plugin])
  return isNeeded ? plugin : undefined
}
