import 'server-only'
import { toTextStream } from './text-stream'

/** A file that the browser saves, written at its pace. `name`: ASCII, without quotes. */
export function toDownload(file: {
  name: string
  mediaType: string
  pieces: AsyncIterable<string>
}): Promise<Response> {
  return toTextStream({
    pieces: file.pieces,
    headers: {
      'content-type': file.mediaType,
      'content-disposition': `attachment; filename="${file.name}"`,
    },
  })
}
