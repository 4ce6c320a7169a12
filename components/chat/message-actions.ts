/** What can be done with a message that is shown. */
export type MessageActions = {
  onRetry: (options: { runId: string; pressedAtMs: number }) => void
  onContinue: (options: { runId: string; pressedAtMs: number }) => void
  /** Another message in the place of this one. */
  onShow: (options: { messageId: string; siblingId: string }) => void
  onEdit: (messageId: string) => void
  /** A thread of its own from here. */
  onFork: (messageId: string) => void
  /** The question's text back into the message box. */
  onReuse: (questionId: string) => void
  onReconnect: () => void
  onPainted: (options: { runId: string; paintedAtMs: number }) => void
}
