// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react'
import { NextIntlClientProvider } from 'next-intl'
import { afterEach, describe, expect, it } from 'vitest'
import { ERROR_CODES, type ErrorCode, type PublicError } from '@/lib/domain/error'
import english from '@/lib/i18n/messages/en.json'
import chinese from '@/lib/i18n/messages/zh-CN.json'
import { ErrorNote } from './error-note'

afterEach(cleanup)

const codes = Object.keys(ERROR_CODES) as ErrorCode[]

function show(error: PublicError, locale: 'en' | 'zh-CN' = 'en'): string {
  const { container } = render(
    <NextIntlClientProvider
      locale={locale}
      messages={locale === 'en' ? english : chinese}
      timeZone="UTC"
      onError={(problem) => {
        throw problem
      }}
    >
      <ErrorNote error={error} />
    </NextIntlClientProvider>,
  )
  return container.textContent ?? ''
}

describe('ErrorNote', () => {
  it.each(codes.flatMap((code) => [[code, 'en'] as const, [code, 'zh-CN'] as const]))(
    'has a sentence and a remedy for %s in %s, with none of its facts',
    (code, locale) => {
      const text = show({ code }, locale)
      expect(text).not.toMatch(/unknown|undefined|[{}<>]/)
      expect(text.length).toBeGreaterThan(10)
    },
  )

  it('gives the figures of a conversation that is too long, and a new chat', () => {
    const details = { promptTokens: 8301, maxTokens: 8192 }
    expect(show({ code: 'engine_context_too_long', details })).toContain(
      '8,301 tokens, the limit is 8,192',
    )
    expect(screen.getByRole('link', { name: 'New chat' }).getAttribute('href')).toBe('/')
  })

  it('says the limit of a body in MiB and names the request in the log', () => {
    expect(show({ code: 'body_too_large', details: { limitBytes: 1_572_864 } })).toContain(
      '1.5 MiB',
    )
    cleanup()
    expect(show({ code: 'internal', requestId: 'abc-1' })).toContain('abc-1')
  })

  it.each(['message_conflict', 'run_not_found'] as const)('offers to reload after %s', (code) => {
    show({ code })
    expect(screen.getByRole('button', { name: 'Reload the page' })).toBeTruthy()
  })
})
