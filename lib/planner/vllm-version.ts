import type { Parsed } from './input-problem'

/** The 0.x series that is known; newer ones are planned as the newest known. */
export const OLDEST_MINOR = 8
export const NEWEST_MINOR = 32

export type VllmVersion = {
  minor: number
  /** As the user wrote it, without a leading v: names the image. */
  text: string
  /** Newer than what is known. */
  isBeyond: boolean
}

export const NEWEST_VERSION: VllmVersion = {
  minor: NEWEST_MINOR,
  text: `0.${NEWEST_MINOR}.0`,
  isBeyond: false,
}

/** `0.32`, `v0.10.2`, `0.8.5.post1`, `latest`. */
export function parseVllmVersion(text: string): Parsed<VllmVersion> {
  const trimmed = text.trim().replace(/^v/i, '')
  if (trimmed === 'latest' || trimmed === '') return { value: NEWEST_VERSION }
  const found = /^(\d+)\.(\d+)(?:\.\d+)*(?:[.+-]?[a-z]\w*(?:\.\w+)*)?$/i.exec(trimmed)
  const problem = {
    problem: {
      code: 'version-unknown' as const,
      values: { text: trimmed, oldest: `0.${OLDEST_MINOR}`, newest: `0.${NEWEST_MINOR}` },
    },
  }
  if (found === null) return problem
  const [, major, minorText] = found
  const minor = Number(minorText)
  if (major !== '0' && Number(major) < 1) return problem
  if (major === '0' && minor < OLDEST_MINOR) return problem
  const isBeyond = major !== '0' || minor > NEWEST_MINOR
  return {
    value: { minor: isBeyond ? NEWEST_MINOR : minor, text: trimmed, isBeyond },
  }
}

/** Tag of the image: `0.32` has no image of its own, `0.32.0` has. */
export function toImageTag({ text }: VllmVersion): string {
  return /^\d+\.\d+$/.test(text) ? `v${text}.0` : `v${text}`
}
