// Which errors does the open platform answer with? Numbers clients match on; the words are the platform's where known.
import type { Json } from './types.ts'

/** Thrown by an operation; becomes HTTP 400 with `{code, msg, error}` unless the status says otherwise. */
export class ApiError extends Error {
  readonly code: number
  readonly status: number
  readonly details: Json
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: number,
    msg: string,
    more: {
      readonly status?: number
      readonly details?: Json
      readonly headers?: Readonly<Record<string, string>>
    } = {},
  ) {
    super(msg)
    this.name = 'ApiError'
    this.code = code
    this.status = more.status ?? 400
    this.details = more.details ?? {}
    this.headers = more.headers ?? {}
  }
}

/** 99992402, naming the field. */
export function fieldViolation(field: string, description: string): ApiError {
  return new ApiError(99992402, 'field validation failed', {
    details: { field_violations: [{ field, value: '', description }] },
  })
}

/** 230099: the card inside a message is refused. */
export function cardContentError(sub: number, text: string, value = ''): ApiError {
  return new ApiError(
    230099,
    `Failed to create card content, ext=ErrCode: ${sub}; ErrMsg: ${text}; ErrorValue: ${value};`,
  )
}

/** 429 of the gateway. */
export function gatewayLimit(resetSeconds: number): ApiError {
  return new ApiError(99991400, 'request trigger frequency limit', {
    status: 429,
    headers: {
      'x-ogw-ratelimit-limit': '50',
      'x-ogw-ratelimit-reset': String(Math.max(1, Math.ceil(resetSeconds))),
    },
  })
}

export function tooFrequent(): ApiError {
  return new ApiError(230020, 'This operation triggers the frequency limit.')
}

export function invalidParam(ext: string): ApiError {
  return new ApiError(230001, `Your request contains an invalid request parameter, ext=${ext}`)
}
