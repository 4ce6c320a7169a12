import { z } from 'zod'

export const stopBodySchema = z.strictObject({})
