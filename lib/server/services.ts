import 'server-only'
import { connection } from 'next/server'
import { isBuilding } from '@/lib/config/is-building'
import { createServices, type Services } from '@/lib/services'
import { getEnv } from './get-env'
import { createLogger } from './logger'

const KEY = Symbol.for('first-token.services')

const holder = globalThis as typeof globalThis & { [KEY]?: Promise<Services> }

/**
 * The services of this process, started by the first call, which instrumentation makes at boot.
 * A page that a build tries out is put off until there is a request; nothing is started for it.
 */
export async function getServices(): Promise<Services> {
  if (isBuilding) await connection()
  holder[KEY] ??= startServices()
  return await holder[KEY]
}

/** Other services in their place, for tests; `undefined` forgets them. */
export function setServices(services: Services | undefined): void {
  if (services === undefined) delete holder[KEY]
  else holder[KEY] = Promise.resolve(services)
}

async function startServices(): Promise<Services> {
  const env = getEnv()
  return await createServices({ env, logger: createLogger(env) })
}
