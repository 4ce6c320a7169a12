import { z } from 'zod'

export const traceParamsSchema = z.strictObject({ messageId: z.guid() })
