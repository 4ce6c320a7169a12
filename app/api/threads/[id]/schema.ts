import { z } from 'zod'

export const threadParamsSchema = z.strictObject({ id: z.guid() })
