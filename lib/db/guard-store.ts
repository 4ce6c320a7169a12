import { AppError, isAppError } from '@/lib/domain/error'

type Methods = Record<string, (...args: never[]) => Promise<unknown>>

/** The driver's errors are translated at the edge; what cannot be written must never look saved. */
export function guardStore<Store extends Methods>(store: Store): Store {
  const guarded = Object.entries(store).map(([name, method]) => [
    name,
    async (...args: never[]) => {
      try {
        return await method(...args)
      } catch (cause) {
        if (isAppError(cause)) throw cause
        throw new AppError('storage_failed', { cause })
      }
    },
  ])
  return Object.fromEntries(guarded) as Store
}
