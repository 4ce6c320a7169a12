import { AppError } from '@/lib/domain/error'
import { route } from '@/lib/server/route'
import { traceParamsSchema } from './schema'

export const GET = route({
  params: traceParamsSchema,
  async handle({ params, services }) {
    const trace = await services.debug.loadReplyTrace(params.messageId)
    if (trace === undefined) throw new AppError('message_not_found')
    return Response.json({ trace })
  },
})
