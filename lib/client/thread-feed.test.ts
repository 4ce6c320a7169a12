import { describe, expect, it } from 'vitest'
import { createThreadFeed, type FeedEvent } from './thread-feed'

function setUp() {
  const page = Object.assign(new EventTarget(), {
    visibilityState: 'visible' as DocumentVisibilityState,
  })
  type Source = { close: () => void; onopen: unknown; onmessage: unknown; isClosed: boolean }
  const sources: Source[] = []
  const feed = createThreadFeed({
    page: page as unknown as Document,
    open: () => {
      const source = {
        ...{ onopen: null, onmessage: null, isClosed: false },
        close: () => {
          source.isClosed = true
        },
      }
      sources.push(source)
      return source
    },
  })
  const heard: FeedEvent[] = []
  feed.subscribe((event) => heard.push(event))
  const show = (visibilityState: DocumentVisibilityState) => {
    page.visibilityState = visibilityState
    page.dispatchEvent(new Event('visibilitychange'))
  }
  const call = (name: 'onmessage' | 'onopen', event: object) => {
    const listener = sources.at(-1)?.[name]
    if (typeof listener === 'function') listener(event)
  }
  const tell = (data: string) => call('onmessage', { data })
  const opened = () => call('onopen', {})
  return { feed, sources, heard, show, tell, opened }
}

describe('the feed of what happens to threads', () => {
  it('passes on what the server tells, and nothing that is no event', () => {
    const { feed, heard, tell } = setUp()
    feed.start()
    tell('{"type":"thread-deleted","threadId":"a"}')
    tell('not json')
    tell('null')
    expect(heard).toEqual([{ type: 'thread-deleted', threadId: 'a' }])
  })

  it('lets go of its connection while the page is hidden, and says that it may have missed something', () => {
    const { feed, sources, heard, show, opened } = setUp()
    const stop = feed.start()
    opened()
    expect(heard).toEqual([{ type: 'opened' }])
    show('hidden')
    expect(sources.map(({ isClosed }) => isClosed)).toEqual([true])
    show('visible')
    show('visible')
    opened()
    expect(sources).toHaveLength(2)
    expect(heard).toEqual([{ type: 'opened' }, { type: 'reopened' }])
    stop()
    show('hidden')
    show('visible')
    expect(sources.map(({ isClosed }) => isClosed)).toEqual([true, true])
  })

  it('lets all look anew after an import', () => {
    const { feed, heard, tell } = setUp()
    feed.start()
    tell('{"type":"threads-imported"}')
    expect(heard).toEqual([{ type: 'reopened' }])
  })

  it('does not connect for a page that was opened in the background', () => {
    const { feed, sources, show } = setUp()
    show('hidden')
    feed.start()
    expect(sources).toEqual([])
    show('visible')
    expect(sources).toHaveLength(1)
  })
})
