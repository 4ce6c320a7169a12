'use client'

import { createContext, type ReactNode, useContext } from 'react'

const LiveAnswer = createContext(false)

/** Whether the answer around is being written; what was seen as it came must not fold away. */
export function LiveAnswerProvider({ isLive, children }: { isLive: boolean; children: ReactNode }) {
  return <LiveAnswer value={isLive}>{children}</LiveAnswer>
}

export function useIsLiveAnswer(): boolean {
  return useContext(LiveAnswer)
}
