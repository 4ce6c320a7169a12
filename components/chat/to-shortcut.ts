export type Shortcut =
  | 'new-chat'
  | 'search'
  | 'sidebar'
  | 'focus-input'
  | 'copy-answer'
  | 'copy-code'
  | 'help'

/** The parts of a key press that tell shortcuts apart. */
export type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'
>

/**
 * What a key press asks for. Letters by their place or their name, so that they are found on every
 * layout; `?` alone only where no text is being written.
 */
export function toShortcut({
  press,
  isWriting,
}: {
  press: KeyPress
  isWriting: boolean
}): Shortcut | undefined {
  const { key, code, shiftKey, altKey } = press
  const hasCommand = press.ctrlKey || press.metaKey
  if (altKey) return undefined
  if (!hasCommand) {
    if (key === 'Escape' && shiftKey) return 'focus-input'
    return key === '?' && !isWriting ? 'help' : undefined
  }
  if (key === '/' || key === '?' || (code === 'Slash' && !shiftKey)) return 'help'
  const letter = key.toLowerCase()
  if (!shiftKey) {
    if (letter === 'k') return 'search'
    return letter === 'b' ? 'sidebar' : undefined
  }
  if (letter === 's') return 'sidebar'
  if (letter === 'o') return 'new-chat'
  if (letter === 'c') return 'copy-answer'
  return letter === ';' || letter === ':' || code === 'Semicolon' ? 'copy-code' : undefined
}
