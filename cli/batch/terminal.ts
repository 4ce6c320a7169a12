/** Where a command writes, and what ends it; tests bring their own. */
export type Terminal = {
  /** Results that a program reads. */
  print(text: string): void
  /** What a person reads beside them. */
  tell(text: string): void
  /** A bar can be redrawn in place. */
  isInteractive: boolean
  stdin: AsyncIterable<Uint8Array>
  env: Record<string, string | undefined>
  /** Aborts with Ctrl-C or SIGTERM. */
  signal: AbortSignal
}
