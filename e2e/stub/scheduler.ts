import { waitMs } from './wait.ts'

export type Scheduler = {
  /** Resolves when it is scheduled; rejects with the reason when the signal aborts. */
  acquire: (options: { queueMs: number; signal: AbortSignal }) => Promise<void>
  release: () => void
  /** Call when the number of slots or the permission to run has changed. */
  update: () => void
  running: () => number
  waiting: () => number
}

type Entry = { isEligible: boolean; admit: () => void }

/**
 * Requests run in at most `slots()` places, the rest waits in the order of arrival; one that still
 * has to queue for its own time lets those behind it pass. A slot is held until `release`.
 */
export function createScheduler(options: {
  slots: () => number
  isOpen: () => boolean
  /** Called when a request came, went, or was admitted. */
  onChange?: () => void
}): Scheduler {
  const onChange = options.onChange ?? (() => {})
  const entries: Entry[] = []
  let running = 0

  const update = () => {
    for (const entry of [...entries]) {
      if (!options.isOpen() || running >= options.slots()) return
      if (!entry.isEligible) continue
      entries.splice(entries.indexOf(entry), 1)
      running += 1
      entry.admit()
    }
  }
  const enter = ({ queueMs, signal }: { queueMs: number; signal: AbortSignal }) =>
    new Promise<void>((resolve, reject) => {
      const leave = () => {
        entries.splice(entries.indexOf(entry), 1)
        reject(signal.reason)
        onChange()
      }
      const admit = () => {
        signal.removeEventListener('abort', leave)
        resolve()
        onChange()
      }
      const becomeEligible = () => {
        entry.isEligible = true
        update()
      }
      const entry: Entry = { isEligible: queueMs === 0, admit }
      signal.addEventListener('abort', leave, { once: true })
      entries.push(entry)
      if (queueMs > 0) {
        const untilMs = performance.now() + queueMs
        // An abort has its own listener.
        waitMs({ untilMs, signal }).then(becomeEligible, () => {})
      }
      update()
      onChange()
    })

  return {
    acquire: async (request) => {
      request.signal.throwIfAborted()
      await enter(request)
    },
    release: () => {
      running -= 1
      update()
      onChange()
    },
    update,
    running: () => running,
    waiting: () => entries.length,
  }
}
