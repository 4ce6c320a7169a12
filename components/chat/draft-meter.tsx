'use client'

import type { ThreadStore } from '@/lib/client/create-thread-store'
import type { MeasureContext } from '@/lib/client/measure-context'
import { ContextMeter } from './context-meter'
import { useContextMeter } from './use-context-meter'

/** Stands in the message box while there is a draft that could be sent, so that nothing is asked while an answer is under way. */
export function DraftMeter(props: { store: ThreadStore; measure?: MeasureContext }) {
  const context = useContextMeter(props)
  return context === undefined ? null : <ContextMeter context={context} store={props.store} />
}
