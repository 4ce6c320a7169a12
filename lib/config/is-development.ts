/** True under `next dev` only. */
export const isDevelopment = process.env.NODE_ENV === 'development'
