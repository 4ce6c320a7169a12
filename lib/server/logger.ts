import 'server-only'
import pino, { type DestinationStream, type Logger } from 'pino'
import type { Env } from '@/lib/config/env'

const SECRET_FIELDS = ['authorization', 'cookie', 'apiKey', 'password', 'token']

/** Some set a key that is no secret; blotting it out would only garble the log. */
const NO_SECRETS = new Set(['', 'EMPTY', 'none', 'null'])

/** One JSON line an event on stdout. The engine's key is blotted out wherever it stands in a line. */
export function createLogger(
  env: Pick<Env, 'logLevel' | 'apiKey'>,
  destination?: DestinationStream,
): Logger {
  const { apiKey = '' } = env
  const secrets = NO_SECRETS.has(apiKey)
    ? []
    : [...new Set([apiKey, JSON.stringify(apiKey).slice(1, -1), encodeURIComponent(apiKey)])]
  return pino(
    {
      level: env.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[key]',
      },
      hooks: {
        streamWrite: (line) =>
          secrets.reduce((text, secret) => text.replaceAll(secret, '[key]'), line),
      },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  )
}
