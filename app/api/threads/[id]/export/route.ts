import { exportQuerySchema } from '@/app/api/export/schema'
import { route } from '@/lib/server/route'
import { toDownload } from '@/lib/server/to-download'
import { threadParamsSchema } from '../schema'

export const GET = route({
  params: threadParamsSchema,
  query: exportQuerySchema,
  async handle({ params: { id: threadId }, query: { format }, services }) {
    return await toDownload(await services.threadMover.exportThread({ threadId, format }))
  },
})
