import { route } from '@/lib/server/route'

const LIMIT_BYTES = 64 * 1024 * 1024

export const POST = route({
  textLimitBytes: LIMIT_BYTES,
  async handle({ text, services }) {
    return Response.json(await services.threadMover.importFile(text), { status: 201 })
  },
})
