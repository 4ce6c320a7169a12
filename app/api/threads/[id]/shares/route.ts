import { route } from '@/lib/server/route'
import { threadParamsSchema } from '../schema'
import { shareSchema } from './schema'

export const GET = route({
  params: threadParamsSchema,
  async handle({ params, services }) {
    return Response.json({ shares: await services.threads.listShares(params.id) })
  },
})

export const POST = route({
  params: threadParamsSchema,
  body: shareSchema,
  async handle({ params: { id: threadId }, body: { throughId }, services }) {
    const share = await services.threads.saveShare({ threadId, throughId })
    return Response.json(share, { status: 201 })
  },
})
