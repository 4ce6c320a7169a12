import { route } from '@/lib/server/route'

/** What this process has used so far, all its threads together; for the bench alone. */
export const GET = route({
  handle({ services }) {
    if (!services.env.hasBenchRoutes) return new Response(null, { status: 404 })
    const { user, system } = process.cpuUsage()
    return Response.json({
      cpuMicroseconds: user + system,
      rssBytes: process.memoryUsage.rss(),
      activeRuns: services.runs.activeCount(),
      nodeVersion: process.version,
    })
  },
})
