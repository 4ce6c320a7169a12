import { AppError } from '@/lib/domain/error'
import { route } from '@/lib/server/route'
import { paintParamsSchema, paintSchema } from './schema'

export const POST = route({
  params: paintParamsSchema,
  body: paintSchema,
  async handle({ params, body, services }) {
    const isKnown = await services.store.savePaint({ messageId: params.id, paint: body })
    if (!isKnown) throw new AppError('message_not_found')
    services.debug.metrics.observePaint(body)
    return new Response(null, { status: 204 })
  },
})
