import type { WireError } from '../lib/engine/wire.ts'

const TYPES: Record<number, string> = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  413: 'BadRequestError',
  500: 'InternalServerError',
  503: 'Service Unavailable',
}

/** A refusal in vLLM's shape; it becomes the answer's status and body, or an event of the stream. */
export class WireFault extends Error {
  override name = 'WireFault'
  readonly status: number
  readonly body: WireError

  constructor(fault: { message: string; status?: number; type?: string; param?: string | null }) {
    super(fault.message)
    const { message, status = 400, type = TYPES[status] ?? 'BadRequestError', param = null } = fault
    this.status = status
    this.body = { error: { message, type, param, code: status } }
  }
}

/** vLLM appends the parameter and its value to the sentence. */
export function parameterFault(options: {
  message: string
  param: string
  value?: string | number
}): WireFault {
  const { message, param, value } = options
  const tail = value === undefined ? `parameter=${param}` : `parameter=${param}, value=${value}`
  return new WireFault({ message: `${message} (${tail})`, param })
}

/** What pydantic says of a body that has the wrong shape. */
export function validationFault(options: {
  type: string
  loc: string
  msg: string
  input?: string
}): WireFault {
  const { type, loc, msg, input } = options
  const tail = input === undefined ? '' : `, 'input': ${input}`
  return new WireFault({
    message: `1 validation error:\n  {'type': '${type}', 'loc': '${loc}', 'msg': '${msg}'${tail}}`,
    type: 'Bad Request',
    param: loc,
  })
}

export function unsupportedFault(param: string): WireFault {
  return new WireFault({ message: `${param} is not supported by the local engine.`, param })
}
