import { z } from 'zod'

/** `messageId`: the last one that is copied. `id`: of the new thread. */
export const forkSchema = z.strictObject({ messageId: z.guid(), id: z.guid() })
