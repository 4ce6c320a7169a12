export type MessageTree = { [key: string]: string | MessageTree }

/** Each message with its full key. */
export function listMessages(tree: MessageTree, prefix = ''): [key: string, message: string][] {
  return Object.entries(tree).flatMap(([name, value]): [string, string][] => {
    const key = `${prefix}${name}`
    return typeof value === 'string' ? [[key, value]] : listMessages(value, `${key}.`)
  })
}
