import { passEngineThrough } from '@/lib/server/pass-engine-through'
import { route } from '@/lib/server/route'

export const POST = route({
  handle: ({ request, services, signal }) => passEngineThrough({ request, services, signal }),
})
