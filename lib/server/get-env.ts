import 'server-only'
import { type Env, parseEnv } from '@/lib/config/env'

const KEY = Symbol.for('first-token.env')

const holder = globalThis as typeof globalThis & { [KEY]?: Env }

/** The settings, parsed once a process: bundles hold copies of this module, the process holds one value. */
export function getEnv(): Env {
  holder[KEY] ??= parseEnv()
  return holder[KEY]
}
