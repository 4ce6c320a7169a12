/** True while `next build` tries pages and routes out. */
export const isBuilding = process.env.NEXT_PHASE === 'phase-production-build'
