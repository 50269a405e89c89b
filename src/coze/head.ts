// What does the head of an answer say, before its body is read?

import { toNumber } from './json.ts'

type Headers = Readonly<Record<string, string | string[] | undefined>>
interface Head {
  readonly statusCode: number
  readonly headers: Headers
}

export function kindOf(response: Head): string {
  return headerOf(response.headers, 'content-type').toLowerCase()
}

/** Content type before status: Coze answers errors with status 200 and JSON. */
export function isEventStream(response: Head): boolean {
  return response.statusCode < 300 && kindOf(response).includes('text/event-stream')
}

/** Cloud says `X-Tt-Logid`, Coze Studio `X-Log-ID`. */
export function logidOf(headers: Headers): string {
  return headerOf(headers, 'x-tt-logid') || headerOf(headers, 'x-log-id')
}

/** Seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfterOf(headers: Headers, nowMs: number): number | undefined {
  const value = headerOf(headers, 'retry-after')
  if (value === '') return undefined
  const seconds = toNumber(value)
  const waitMs = seconds === undefined ? Date.parse(value) - nowMs : seconds * 1000
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined
}

function headerOf(headers: Headers, name: string): string {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? ''
}
