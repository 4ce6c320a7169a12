import { describe, expect, it } from 'vitest'
import { createHighlightClient } from './highlight-client'
import type { CodeLine } from './highlight-code'
import type { HighlightAnswer, HighlightRequest } from './highlight-worker'

function setUp() {
  const requests: HighlightRequest[] = []
  const port = {
    onmessage: null as ((event: MessageEvent) => void) | null,
    postMessage: (request: HighlightRequest) => void requests.push(request),
  }
  let started = 0
  const client = createHighlightClient(() => {
    started += 1
    return port
  })
  const answer = (data: HighlightAnswer) => port.onmessage?.({ data } as MessageEvent)
  return { client, requests, answer, startCount: () => started }
}

const line = (text: string): CodeLine => [{ text }]

describe('the highlighter of a page', () => {
  it('starts one worker, with the first block', () => {
    const { client, startCount } = setUp()
    expect(startCount()).toBe(0)
    client.open({ language: 'python', onLines: () => undefined })
    client.open({ language: 'rust', onLines: () => undefined })
    expect(startCount()).toBe(1)
  })

  it('asks again only after an answer, and then for the newest text', () => {
    const { client, requests, answer } = setUp()
    const seen: (readonly CodeLine[])[] = []
    const block = client.open({ language: 'python', onLines: (lines) => seen.push(lines) })
    for (const code of ['a', 'a\nb', 'a\nbc']) block.update(code)
    expect(requests).toEqual([{ id: 1, language: 'python', code: 'a' }])
    answer({ id: 1, from: 0, lines: [line('a')] })
    expect(requests.at(-1)).toEqual({ id: 1, language: 'python', code: 'a\nbc' })
    answer({ id: 1, from: 1, lines: [line('bc')] })
    expect(requests).toHaveLength(2)
    expect(seen).toEqual([[line('a')], [line('a'), line('bc')]])
  })

  it('tells a block that is gone nothing, and the worker that it is', () => {
    const { client, requests, answer } = setUp()
    const seen: unknown[] = []
    const block = client.open({ language: 'python', onLines: (lines) => seen.push(lines) })
    block.update('a')
    block.close()
    answer({ id: 1, from: 0, lines: [line('a')] })
    expect(seen).toEqual([])
    expect(requests.at(-1)).toEqual({ id: 1, language: 'python' })
  })

  it('leaves code plain where there is no worker', () => {
    const client = createHighlightClient(() => undefined)
    const block = client.open({ language: 'python', onLines: () => expect.unreachable() })
    expect(() => block.update('a')).not.toThrow()
    block.close()
  })
})
