import { route } from '@/lib/server/route'
import { toDownload } from '@/lib/server/to-download'
import { exportQuerySchema } from './schema'

export const GET = route({
  query: exportQuerySchema,
  handle: ({ query, services }) => toDownload(services.threadMover.exportAll(query.format)),
})
