/** Next calls it once, before the first request. */
export async function register(): Promise<void> {
  // Next also builds this file for its edge runtime, where nothing of ours runs; the word is replaced by a constant.
  // biome-ignore lint/style/noProcessEnv: the bundler looks for exactly this expression
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { boot } = await import('@/lib/server/boot')
    await boot()
  }
}
