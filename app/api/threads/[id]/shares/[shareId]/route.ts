import { AppError } from '@/lib/domain/error'
import { route } from '@/lib/server/route'
import { shareParamsSchema } from '../schema'

export const DELETE = route({
  params: shareParamsSchema,
  async handle({ params: { id: threadId, shareId }, services }) {
    const wasThere = await services.threads.deleteShare({ threadId, shareId })
    if (!wasThere) throw new AppError('share_not_found')
    return new Response(null, { status: 204 })
  },
})
