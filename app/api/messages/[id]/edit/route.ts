import { route } from '@/lib/server/route'
import { editParamsSchema, editSchema } from './schema'

export const POST = route({
  params: editParamsSchema,
  body: editSchema,
  async handle({ params, body, services }) {
    const reply = await services.threads.editReply({ messageId: params.id, ...body })
    return Response.json({ reply }, { status: 201 })
  },
})
