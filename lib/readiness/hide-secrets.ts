import type { ErrorDetails } from '@/lib/domain/error'
import { blotOutKeys } from '@/lib/engine/safe-reason'

const SECRET_FLAG = /(--?[\w-]*(?:key|token|secret|password)[\w-]*)[=\s]+\S+/gi
const PATH = /(^|[\s"'`(=:,[])(?:~?\/(?!\/)|[A-Za-z]:\\)[^\s"'`<>),:\]]*[^\s"'`<>),:.\]]/g

/** Of the private use area: no log has it. */
const MARK = '\uE000'

export type Hidden = {
  /** The engine's key, blotted out wherever it stands. */
  apiKey: string | undefined
  /** Names of models, which may be paths and are shown all the same. */
  modelNames: readonly string[]
}

/** A text of the log without keys, credentials, and paths other than a model's name. */
export function hideSecrets({ text, hidden }: { text: string; hidden: Hidden }): string {
  const { apiKey, modelNames } = hidden
  const shown = modelNames.filter((name) => name !== '').toSorted((a, b) => b.length - a.length)
  let safe = text.replaceAll(MARK, '')
  if (apiKey !== undefined && apiKey !== '') safe = safe.replaceAll(apiKey, '[key]')
  for (const [index, name] of shown.entries()) {
    const whole = new RegExp(`(?<![\\w/~.-])${escapeRegExp(name)}(?![\\w/-]|\\.\\w)`, 'g')
    safe = safe.replace(whole, `${MARK}${index}${MARK}`)
  }
  return blotOutKeys(safe)
    .replace(SECRET_FLAG, '$1 [key]')
    .replace(PATH, '$1[path]')
    .replace(new RegExp(`${MARK}(\\d+)${MARK}`, 'g'), (_, index) => shown[Number(index)] ?? '')
}

export function hideInDetails(options: { details: ErrorDetails; hidden: Hidden }): ErrorDetails {
  const { details, hidden } = options
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'string' ? hideSecrets({ text: value, hidden }) : value,
    ]),
  )
}

/** An address that may be no URL at all, without credentials and query. */
export function toShownAddress(value: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(value)?.[0] ?? ''
  const rest = value.slice(scheme.length).replace(/[?#].*$/s, '')
  return `${scheme}${rest.slice(rest.lastIndexOf('@') + 1)}`.slice(0, 300)
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
