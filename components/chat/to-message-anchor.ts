/** The element of a message on the page. */
export function toMessageAnchor(messageId: string): string {
  return `message-${messageId}`
}
