// Which errors does the Bot API answer with? The exact texts clients match on stand here or beside their rule.
import type { Json } from './types.ts'

/** Thrown by a method; becomes `{"ok":false,…}` with `code` as HTTP status. */
export class ApiError extends Error {
  readonly code: number
  readonly parameters: Json | undefined

  constructor(code: number, description: string, parameters?: Json) {
    super(description)
    this.name = 'ApiError'
    this.code = code
    this.parameters = parameters
  }
}

/** 400. The first letter is lowered as the server does, unless the second is upper case or `_` (raw codes stay as they are). */
export function badRequest(text: string, parameters?: Json): ApiError {
  return new ApiError(400, `Bad Request: ${lowerFirst(text)}`, parameters)
}

export function forbidden(text: string): ApiError {
  return new ApiError(403, `Forbidden: ${lowerFirst(text)}`)
}

export function conflict(text: string): ApiError {
  return new ApiError(409, `Conflict: ${text}`)
}

/** 429 with the wait in `parameters` and, by the server, in the `Retry-After` header. */
export function tooManyRequests(retryAfterSeconds: number): ApiError {
  const n = Math.max(1, Math.ceil(retryAfterSeconds))
  return new ApiError(429, `Too Many Requests: retry after ${n}`, { retry_after: n })
}

function lowerFirst(text: string): string {
  const second = text.charAt(1)
  if (second === '_' || (second !== second.toLowerCase() && second === second.toUpperCase())) return text
  return text.charAt(0).toLowerCase() + text.slice(1)
}
