'use client'

import { CrashScreen } from '@/components/screens/crash-screen'

export default function PageError({ reset }: { reset: () => void }) {
  return <CrashScreen onRetry={reset} />
}
