import { z } from 'zod'
import { MEASUREMENTS } from '@/lib/domain/tips'

/** As the command line takes them. */
const labelSchema = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._+=/-]{0,59}$/u)

export const runBodySchema = z.strictObject({
  label: labelSchema,
  measurements: z.array(z.enum(MEASUREMENTS)).min(1).max(MEASUREMENTS.length),
})

export const stopBodySchema = z.strictObject({})

export const comparisonQuerySchema = z.strictObject({ before: labelSchema, after: labelSchema })
