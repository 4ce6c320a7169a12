import { describe, expect, it } from 'vitest'
import { AppError } from '@/lib/domain/error'
import { toConnectionError } from './engine-error'

describe('toConnectionError', () => {
  const withCode = (code: string) => Object.assign(new Error(code), { code })
  const inFetch = (cause: unknown) => new TypeError('fetch failed', { cause })

  it.each([
    [inFetch(withCode('ECONNREFUSED')), 'engine_unreachable'],
    [inFetch(withCode('ECONNRESET')), 'engine_unreachable'],
    [inFetch(withCode('UND_ERR_SOCKET')), 'engine_unreachable'],
    [inFetch(withCode('EHOSTUNREACH')), 'engine_unreachable'],
    [new Error('socket hang up'), 'engine_unreachable'],
    [
      inFetch(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')])),
      'engine_unreachable',
    ],
    [inFetch(withCode('ENOTFOUND')), 'engine_name_not_found'],
    [inFetch(withCode('EAI_AGAIN')), 'engine_name_not_found'],
    [inFetch(withCode('DEPTH_ZERO_SELF_SIGNED_CERT')), 'engine_tls'],
    [inFetch(withCode('SELF_SIGNED_CERT_IN_CHAIN')), 'engine_tls'],
    [inFetch(withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE')), 'engine_tls'],
    [inFetch(withCode('CERT_HAS_EXPIRED')), 'engine_tls'],
    [inFetch(withCode('ERR_TLS_CERT_ALTNAME_INVALID')), 'engine_tls'],
    [inFetch(withCode('ERR_SSL_WRONG_VERSION_NUMBER')), 'engine_tls'],
    [inFetch(withCode('UND_ERR_CONNECT_TIMEOUT')), 'engine_timeout'],
    [inFetch(withCode('UND_ERR_HEADERS_TIMEOUT')), 'engine_timeout'],
    [inFetch(withCode('ETIMEDOUT')), 'engine_timeout'],
    [new DOMException('The operation timed out', 'TimeoutError'), 'engine_timeout'],
    [inFetch(withCode('HPE_INVALID_CONSTANT')), 'engine_malformed'],
    ['a string', 'engine_unreachable'],
    [undefined, 'engine_unreachable'],
  ])('maps %s to %s', (error, code) => {
    expect(toConnectionError(error).code).toBe(code)
  })

  it("gives the system's own name of the failure", () => {
    const error = toConnectionError(inFetch(withCode('ECONNREFUSED')))
    expect(error.details).toEqual({ systemCode: 'ECONNREFUSED' })
  })

  it('passes one of ours through', () => {
    const ours = new AppError('engine_proxy')
    expect(toConnectionError(new Error('wrapped', { cause: ours }))).toBe(ours)
  })

  it('ends on a cause that points at itself', () => {
    const loop: Error & { cause?: unknown } = new Error('loop')
    loop.cause = loop
    expect(toConnectionError(loop).code).toBe('engine_unreachable')
  })
})
