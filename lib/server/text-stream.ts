/**
 * A long text as it is written, at the reader's pace; a reader that goes away ends the writing. Waits for
 * the first piece, so that what fails at once still has its status.
 */
export async function toTextStream({
  pieces,
  headers,
}: {
  pieces: AsyncIterable<string>
  headers: Record<string, string>
}): Promise<Response> {
  const iterator = pieces[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  let next: IteratorResult<string> | undefined = await iterator.next()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = next ?? (await iterator.next())
      next = undefined
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await iterator.return?.()
    },
  })
  return new Response(body, { headers })
}
